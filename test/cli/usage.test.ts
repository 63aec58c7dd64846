import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonSchemas } from '../../src/cli/schema.ts';
import { run } from './support.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

describe('wrong use ends with 2 and says what is wrong', () => {
  test.each([
    [['nothing'], /unknown command 'nothing'/],
    [[], /Usage: sharefox-24seven/],
    [['shop'], /Usage: sharefox-24seven shop/],
    [['shop', 'verify'], /missing required argument 'shop'/],
    [['shop', 'verify', 'Not A Shop'], /must be \[a-z0-9\.-\]/],
    [['shop', 'list', '--loud'], /unknown option '--loud'/],
    [['invoice', 'show', 'acme.no', 'a/b'], /must be \[A-Za-z0-9_-\]/],
    [['sandbox', '--port', '70000'], /must be a port number/],
    [['shop', 'add', '/nothing/here.json'], /^\/nothing\/here\.json: cannot be read \(ENOENT\)$/],
  ])('%j', async (args, message) => {
    const { exitCode, err } = await run(args, {});
    expect(exitCode).toBe(2);
    expect(err.join('\n')).toMatch(message);
  });

  test('--help is not wrong use', async () => {
    const { exitCode, out } = await run(['--help'], {});
    expect(exitCode).toBe(0);
    expect(out.join()).toContain('sandbox');
  });
});

test('a configuration that cannot be used ends with 78, one line per problem', async () => {
  const { exitCode, err } = await run(['shop', 'list'], { REDIS_URL: 'http://canary', LOG_LEVEL: 'canary' });
  expect(exitCode).toBe(78);
  expect(err).toHaveLength(2);
  expect(err[0]).toMatch(/^REDIS_URL must be/);
  expect(err.join()).not.toContain('canary');
});

test('verify needs the support user, list does not', async () => {
  const { exitCode, err } = await run(['shop', 'verify', 'acme.no'], {});
  expect(exitCode).toBe(78);
  expect(err.map((line) => line.split(' ')[0])).toEqual([
    'TFSO_USERNAME',
    'TFSO_PASSWORD',
    'TFSO_APPLICATION_ID',
  ]);
});

describe('a shop file is refused with every problem and its place', () => {
  test('settings', async () => {
    const path = file(
      'shop.json',
      JSON.stringify({
        shopId: 'acme.no',
        rentalProductName: 'Rental',
        orderStatus: 'Invoiced',
        vatCodes: { '25': 'three' },
        colour: 'red',
      }),
    );
    const { exitCode, err } = await run(['shop', 'add', path], {});
    expect(exitCode).toBe(1);
    expect(err.sort()).toEqual([
      `${path}: accountName is required`,
      `${path}: colour is not a known key`,
      `${path}: orderStatus must be one of Web, Confirmed, ForInvoicing, Offer, Draft`,
      `${path}: vatCodes.25 must be of type number`,
    ]);
  });

  test('settings with a value that is not allowed', async () => {
    const path = file(
      'shop.json',
      JSON.stringify({
        shopId: 'acme.no',
        accountName: ' ',
        rentalProductName: 'Rental',
        vatCodes: { '025': 3, '15': -1, '12': 1.5 },
        resend: 1,
        departmentId: 0,
        projectId: 1e300,
      }),
    );
    const { exitCode, err } = await run(['shop', 'add', path], {});
    expect(exitCode).toBe(1);
    expect(err.sort()).toEqual([
      `${path}: accountName must not be empty`,
      `${path}: departmentId must be at least 1`,
      `${path}: projectId must be at most 9007199254740991`,
      `${path}: resend must be one of refuse, update`,
      `${path}: vatCodes.025 must be a percentage like "25"`,
      `${path}: vatCodes.12 must be of type integer`,
      `${path}: vatCodes.15 must be at least 0`,
    ]);
    const list = file('list.json', JSON.stringify([]));
    expect((await run(['shop', 'add', list], {})).err).toEqual([`${list}: must be of type object`]);
  });

  test('two keys for one percentage', async () => {
    const settings = {
      shopId: 'acme.no',
      accountName: 'Acme',
      rentalProductName: 'Rental',
      vatCodes: { '25.0': 3, '15': 4, '25': 5 },
    };
    const path = file('shop.json', JSON.stringify(settings));
    const list = file('export.json', JSON.stringify([{ settings, disabled: false }]));
    const problem = 'vatCodes.25.0 is the same percentage as "25"; keep one of them';
    expect(await run(['shop', 'add', path], {})).toMatchObject({ exitCode: 1, err: [`${path}: ${problem}`] });
    expect((await run(['shop', 'import', list], {})).err).toEqual([`${list}: 0.settings.${problem}`]);
  });

  test('no JSON', async () => {
    const path = file('broken.json', '{"shopId": canary');
    const { exitCode, err } = await run(['shop', 'add', path], {});
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: [`${path}: is not JSON`] });
  });

  test('an export', async () => {
    const path = file('export.json', JSON.stringify([{ settings: {}, disabled: 'no' }]));
    const { exitCode, err } = await run(['shop', 'import', path], {});
    expect(exitCode).toBe(1);
    expect(err).toContain(`${path}: 0.disabled must be of type boolean`);
    expect(err).toContain(`${path}: 0.settings.shopId is required`);
  });
});

describe('schema', () => {
  test('fields with a default are optional, the others required, and no other field is allowed', () => {
    const schema = jsonSchemas()['invoice-transfer'] as unknown as {
      required: string[];
      additionalProperties: boolean;
      properties: { invoice: { required: string[] }; lines: { maxItems: number } };
    };
    expect(schema.additionalProperties).toBe(false);
    expect(schema.required).toContain('customer');
    expect(schema.properties.invoice.required).toContain('totals');
    expect(schema.properties.invoice.required).not.toContain('revision');
    expect(schema.properties.lines.maxItems).toBe(200);
  });

  test('prints all at once, or writes one file each', async () => {
    const printed = await run(['schema'], {});
    expect(Object.keys(JSON.parse(printed.out.join('\n')))).toEqual([
      'invoice-transfer',
      'status-check',
      'transfer-result',
      'status-result',
      'failure',
      'order.invoiced',
      'order.paid',
      'order.payment_reversed',
      'order.changed',
      'order.merged',
      'order.gone',
      'shop',
    ]);
    const out = join(folder, 'schemas');
    const { exitCode, out: written } = await run(['schema', '--out', out], {});
    expect(exitCode).toBe(0);
    expect(written).toHaveLength(12);
    expect(readdirSync(out)).toEqual(expect.arrayContaining(['shop.schema.json', 'order.gone.schema.json']));
    expect(JSON.parse(readFileSync(join(out, 'status-check.schema.json'), 'utf8')).title).toBe(
      'status-check',
    );
  });

  test('a folder that cannot be made is wrong use', async () => {
    const path = file('in-the-way', '');
    const { exitCode, err } = await run(['schema', '--out', join(path, 'below')], {});
    expect(exitCode).toBe(2);
    expect(err[0]).toMatch(/cannot be written \(ENOTDIR\)$/);
  });
});
