/** The README against the code: what it names exists, and what exists and matters is named. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import { VARIABLES, type Variable } from '../../src/config-variables.ts';
import { ERROR_CATALOGUE } from '../../src/contract/errors.ts';
import { parseInvoiceTransferJob, parseStatusCheckJob } from '../../src/contract/parse.ts';
import { shopSettings } from '../../src/contract/shop.ts';
import { blocksOf, codeOf, codesIn, ROOT, readDocument, sectionOf, tableOf } from './markdown.ts';

const readme = readDocument('README.md');
const manifest: {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
} = JSON.parse(readDocument('package.json'));

const sorted = (names: Iterable<string>) => [...new Set(names)].sort();

describe('error codes', () => {
  const rows = tableOf(sectionOf(readme, 'What happens when …'), 'code');

  it('every code of the catalogue has one row, and no row is stale', () => {
    const codes = rows.map(([code]) => codeOf(code));
    expect(codes.toSorted()).toEqual(Object.keys(ERROR_CATALOGUE).sort());
  });

  it('a row says what happened, who acts and what they do', () => {
    for (const row of rows) {
      expect(row).toHaveLength(4);
      expect(row.filter((cell) => cell === '')).toEqual([]);
    }
  });

  it('who acts is who the catalogue says', () => {
    const owners = Object.fromEntries(rows.map(([code, , owner]) => [codeOf(code), owner]));
    expect(owners).toEqual(
      Object.fromEntries(Object.entries(ERROR_CATALOGUE).map(([code, { owner }]) => [code, owner])),
    );
  });
});

describe('environment', () => {
  const rows = tableOf(readme, 'variable');
  const variables: [string, Variable][] = Object.entries(VARIABLES);

  it('every variable has a row and every row a variable, with its default and whether a file may hold it', () => {
    const told = rows.map(([name, fallback, fromFile]) => ({
      name: codeOf(name),
      default: codeOf(fallback) || fallback,
      fromFile,
    }));
    expect(told).toEqual(
      variables.map(([name, { default: fallback, secret, requiredFor }]) => ({
        name,
        default: fallback ?? (requiredFor === undefined ? '' : 'required'),
        fromFile: secret ? 'yes' : '',
      })),
    );
  });

  it('no other variable is spoken of', () => {
    const known = new Set([
      ...variables.map(([name]) => name),
      ...variables.filter(([, { secret }]) => secret).map(([name]) => `${name}_FILE`),
      'TEST_REDIS_URL',
      'SANDBOX_BEHAVIOUR',
    ]);
    const spoken = readme.match(/\b[A-Z][A-Z0-9]*(_[A-Z0-9]+)+\b/g) ?? [];
    expect(sorted(spoken).filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('commands', () => {
  it('every npm script named exists', () => {
    const named = [...readme.matchAll(/npm (?:run (?:--silent )?)([a-z:]+)|npm (test|start)\b/g)].map(
      ([, script, short]) => script ?? short ?? '',
    );
    expect(named.length).toBeGreaterThan(5);
    expect(sorted(named).filter((script) => manifest.scripts[script] === undefined)).toEqual([]);
  });

  it('every command of the command line named exists', async () => {
    const calls = readme.matchAll(/(?:npm run (?:--silent )?cli --|cli\/main\.js) ([a-z]+(?: [a-z]+)?)/g);
    const named = [
      ...[...calls].map((match) => match[1] ?? ''),
      ...codesIn(readme).filter((code) => /^(shop|invoice) [a-z]/.test(code)),
    ];
    expect(named.length).toBeGreaterThan(5);
    for (const command of sorted(named.map(commandOf))) {
      expect(await usageOf(command), command).toContain(`Usage: sharefox-24seven ${command}`);
    }
  });

  it('every option given to a command is one of its own', async () => {
    const calls = [...readme.matchAll(/cli -- ([a-z]+(?: [a-z]+)?)\b(.*--.*)$/gm)];
    expect(calls.length).toBeGreaterThan(3);
    for (const [, command = '', rest = ''] of calls) {
      const usage = await usageOf(commandOf(command));
      for (const [option] of rest.matchAll(/--[a-z-]+/g)) expect(usage, command).toContain(`${option} `);
    }
  });

  /** `shop add shop.json` is the command `shop add`. */
  function commandOf(text: string): string {
    const [first = '', second] = text.split(' ');
    return first === 'shop' || first === 'invoice' ? `${first} ${second}` : first;
  }

  async function usageOf(command: string): Promise<string> {
    const lines: string[] = [];
    const print = (line: string) => lines.push(line);
    await runCli([...command.split(' '), '--help'], {
      out: print,
      err: print,
      interrupted: () => Promise.resolve(),
    });
    return lines.join('\n');
  }
});

describe('examples', () => {
  const [shop = '', invoice = '', statusCheck = '', ...more] = blocksOf(readme, 'json');

  it('the shop file is one', () => {
    expect(shopSettings.safeParse(JSON.parse(shop)).success).toBe(true);
  });

  it('the jobs are accepted as they stand', () => {
    expect(parseInvoiceTransferJob(JSON.parse(invoice))).toMatchObject({ ok: true });
    expect(parseStatusCheckJob(JSON.parse(statusCheck))).toMatchObject({ ok: true });
    expect(more).toEqual([]);
  });

  it('every setting of a shop is explained, with its default', () => {
    const rows = tableOf(sectionOf(readme, 'Connect a shop'), 'setting');
    const told = rows.flatMap(([names = '']) => codesIn(names));
    const defaults: Record<string, unknown> = shopSettings.parse({
      shopId: 'a',
      accountName: 'A',
      clientId: 501,
      rentalProductName: 'P',
    });
    expect(told.toSorted()).toEqual(Object.keys(defaults).sort());
    for (const [names = '', fallbacks = ''] of rows) {
      const values = codesIn(fallbacks);
      if (values.length === 0) continue;
      for (const [index, name] of codesIn(names).entries()) {
        const shown = values[index] ?? values[0];
        const real = defaults[name];
        expect(shown, name).toBe(typeof real === 'string' ? real : JSON.stringify(real));
      }
    }
  });
});

describe('files and packages', () => {
  it('every file and folder named exists', () => {
    const paths = [
      ...codesIn(readme),
      ...[...readme.matchAll(/\]\(([^)#]+)\)/g)].map((match) => match[1] ?? ''),
    ]
      .filter((text) => /^(src|workers|test|docs)\//.test(text))
      .map((text) => text.trim());
    expect(paths.length).toBeGreaterThan(20);
    expect(sorted(paths).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('every link within the README has its heading', () => {
    const slugs = [...readme.matchAll(/^##+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} -]/gu, '')
        .replaceAll(' ', '-'),
    );
    const links = [...readme.matchAll(/\]\(#([^)]+)\)/g)].map((match) => match[1] ?? '');
    expect(links.filter((link) => !slugs.includes(link))).toEqual([]);
  });

  it('every package has its reason, and no row is stale', () => {
    const rows = tableOf(sectionOf(readme, 'Pins and why'), 'package');
    const packages = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)];
    expect(rows.map(([name]) => codeOf(name)).toSorted()).toEqual(packages.sort());
    expect(rows.filter(([, why = '']) => why === '')).toEqual([]);
  });

  it('every package is pinned to one version', () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});
