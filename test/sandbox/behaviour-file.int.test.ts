/** `behaviour.json`, as the probe writes it: given to the command line, and to the tests' sandboxes. */
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import { run } from '../cli/support.ts';
import { foundBehaviour } from '../support/found-behaviour.ts';
import { envelope, namespace, paths } from './raw-soap.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'behaviour-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(content: unknown): string {
  const file = join(folder, 'behaviour.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

it('`sandbox --behaviour` answers as the file says', async () => {
  const user = new EventEmitter();
  const serving = once(user, 'waited for');
  const lines: string[] = [];
  const file = fileWith({ behaviour: { faultText: 'stack_trace', quotaHeaders: 'none' } });
  const exitCode = runCli(['sandbox', '--port', '0', '--behaviour', file], {
    env: {},
    out: (line) => lines.push(line),
    err: (line) => lines.push(line),
    interrupted: async () => {
      user.emit('waited for');
      await once(user, 'interrupt');
    },
  });
  await serving;
  const url = lines[0]?.replace('TFSO_BASE_URL=', '') ?? '';
  const answer = await fetch(url + paths.Authenticate, {
    method: 'POST',
    headers: { 'Content-Type': 'text/xml', SOAPAction: `${namespace}/GetIdentity` },
    body: envelope('GetIdentity', ''),
  });
  user.emit('interrupt');
  expect(await answer.text()).toContain('System.Web.Services.Protocols.SoapException: ');
  expect(answer.headers.get('APILimitRemaining')).toBeNull();
  expect(await exitCode).toBe(0);
});

it.each([
  ['an unknown setting', { behaviour: { colour: 'red' } }, 'behaviour.colour is not a known key'],
  ['a key beside the behaviour', { behaviour: {}, found: 1 }, 'found is not a known key'],
  ['a value that is not offered', { behaviour: { answers: 'soap' } }, 'behaviour.answers '],
  ['no behaviour', {}, 'behaviour is required'],
  ['no JSON', '{', 'is not JSON'],
])('%s in the file is one line that names it, and ends with 2', async (_what, content, problem) => {
  const file = fileWith(content);
  const { exitCode, err } = await run(['sandbox', '--port', '0', '--behaviour', file], {});
  expect(exitCode).toBe(2);
  expect(err).toHaveLength(1);
  expect(err[0]).toContain(`${file}: ${problem}`);
});

it('SANDBOX_BEHAVIOUR gives the tests the found behaviour, but keeps their own request limits', () => {
  const file = fileWith({ behaviour: { answers: 'written_out', requestsPerHour: 7_200 } });
  expect(foundBehaviour(file)).toEqual({ answers: 'written_out' });
  expect(foundBehaviour('')).toEqual({});
  expect(() => foundBehaviour(fileWith({ behaviour: { colour: 'red' } }))).toThrow('colour');
});
