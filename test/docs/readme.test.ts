/** The documents against the code: what they name exists, and what exists and matters is named. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import { VARIABLES, type Variable } from '../../src/config-variables.ts';
import { parseInvoiceTransferJob, parseStatusCheckJob } from '../../src/contract/parse.ts';
import { shopSettings } from '../../src/contract/shop.ts';
import { DOCUMENTS, linksOf, slugsOf } from './documents.ts';
import { withTyped } from './examples.ts';
import { blocksOf, codeOf, codesIn, ROOT, readDocument, sectionOf, tableOf } from './markdown.ts';

const manifest: {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
} = JSON.parse(readDocument('package.json'));

const sorted = (names: Iterable<string>) => [...new Set(names)].sort();
const everything = Object.values(DOCUMENTS).join('\n');

it('the README is one page', () => {
  expect(readDocument('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(130);
});

it('no variable is spoken of that is not read', () => {
  const variables: [string, Variable][] = Object.entries(VARIABLES);
  const known = new Set([
    ...variables.map(([name]) => name),
    ...variables.filter(([, { secret }]) => secret).map(([name]) => `${name}_FILE`),
    'TEST_REDIS_URL',
    'SANDBOX_BEHAVIOUR',
  ]);
  const spoken =
    everything.match(/\b(TFSO|REDIS|OPS|QUEUE|WORKER|STATUS|ALLOW|LOG|TEST|SANDBOX)(_[A-Z0-9]+)+\b/g) ?? [];
  expect(sorted(spoken).filter((name) => !known.has(name))).toEqual([]);
});

describe('commands', () => {
  it('every npm script named exists', () => {
    const named = [...everything.matchAll(/npm (?:run (?:--silent )?)([a-z:]+)|npm (test|start)\b/g)].map(
      ([, script, short]) => script ?? short ?? '',
    );
    expect(named.length).toBeGreaterThan(5);
    expect(sorted(named).filter((script) => manifest.scripts[script] === undefined)).toEqual([]);
  });

  it('every command of the command line named exists', async () => {
    const calls = everything.matchAll(/(?:npm run (?:--silent )?cli --|cli\/main\.js) ([a-z]+(?: [a-z]+)?)/g);
    const named = [
      ...[...calls].map((match) => match[1] ?? ''),
      ...codesIn(everything).filter((code) => /^(shop|invoice) [a-z]/.test(code)),
    ];
    expect(named.length).toBeGreaterThan(5);
    for (const command of sorted(named.map(commandOf))) {
      expect(await usageOf(command), command).toContain(`Usage: sharefox-24seven ${command}`);
    }
  });

  it('every option given to a command is one of its own', async () => {
    const calls = [...everything.matchAll(/cli -- ([a-z]+(?: [a-z]+)?)\b([^`\n]*--[^`\n]*)/g)];
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
  const [shop = '', mapping = ''] = blocksOf(readDocument('docs/support.md'), 'json');
  const [invoice = '', statusCheck = '', typed = '', ...more] = blocksOf(
    readDocument('docs/sharefox.md'),
    'json',
  );

  it('the shop file is one', () => {
    expect(shopSettings.safeParse(JSON.parse(shop)).success).toBe(true);
    expect(shopSettings.safeParse({ ...JSON.parse(shop), ...JSON.parse(mapping) }).success).toBe(true);
  });

  it('the jobs are accepted as they stand', () => {
    expect(parseInvoiceTransferJob(JSON.parse(invoice))).toMatchObject({ ok: true });
    expect(parseStatusCheckJob(JSON.parse(statusCheck))).toMatchObject({ ok: true });
    expect(parseInvoiceTransferJob(withTyped(JSON.parse(invoice), JSON.parse(typed)))).toMatchObject({
      ok: true,
    });
    expect(more).toEqual([]);
  });

  it('every setting of a shop is explained, with its default', () => {
    const rows = tableOf(sectionOf(readDocument('docs/support.md'), 'Connect a shop'), 'setting');
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

describe.each(Object.entries(DOCUMENTS))('%s', (path, document) => {
  it('names files and folders that exist', () => {
    const named = codesIn(document)
      .filter((text) => /^(src|workers|test|docs)\/[\w./-]*$/.test(text))
      .map((text) => text.trim());
    expect(sorted(named).filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  it('links to files and headings that exist', () => {
    const broken = linksOf(path, document).filter(
      ({ path: file, anchor }) =>
        !existsSync(join(ROOT, file)) ||
        (anchor !== undefined && !slugsOf(DOCUMENTS[file] ?? readDocument(file)).includes(anchor)),
    );
    expect(broken).toEqual([]);
  });
});

describe('packages', () => {
  it('every package has its reason, and no row is stale', () => {
    const rows = tableOf(sectionOf(readDocument('CONTRIBUTING.md'), 'Pins and why'), 'package');
    const packages = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)];
    expect(rows.map(([name]) => codeOf(name)).toSorted()).toEqual(packages.sort());
    expect(rows.filter(([, why = '']) => why === '')).toEqual([]);
  });

  it('every package is pinned to one version', () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter(([, version]) => !/^(npm:\w+@)?\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});
