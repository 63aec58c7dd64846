import { describe, expect, it } from 'vitest';
import { NotNow } from '../../../src/errors.ts';
import type { Pass } from '../../../src/twentyfourseven/circuits/circuits.ts';
import { tellPass } from '../../../src/twentyfourseven/circuits/signs.ts';
import { classifyFailure, type OperationFacts } from '../../../src/twentyfourseven/wire/faults.ts';
import type { CallFailure } from '../../../src/twentyfourseven/wire/soap.ts';
import { aClock } from '../support.ts';

const facts: OperationFacts = {
  name: 'GetCompanies',
  effect: 'read',
  refusedCode: 'customer.refused',
  unknownCode: 'service.unavailable',
};
const instead = new NotNow('service.unavailable', 0);

/** What a pass is told of a failed call. */
async function told(call: Partial<CallFailure>): Promise<string[]> {
  const words: string[] = [];
  const pass: Pass = {
    isProbe: false,
    answered: async () => void words.push('answered'),
    accepted: async () => void words.push('accepted'),
    undecided: async (wasSent) => void words.push(wasSent ? 'undecided' : 'not sent'),
    refused: async (kind, detail) => {
      words.push(`refused ${kind}${detail?.includes('GetCompanies') ? ' with its reason' : ''}`);
      return instead;
    },
    lost: async ({ isWhole, wasSent }) => {
      words.push(`lost${isWhole ? ' as a whole' : ''}${wasSent ? '' : ' unsent'}`);
      return instead;
    },
  };
  const failure: CallFailure = { ok: false, cause: 'network', mayBeWritten: true, ...call };
  await tellPass(pass, failure, classifyFailure(failure, facts, aClock()));
  return words;
}

const page = (status: number): Partial<CallFailure> => ({ cause: 'http', status, text: '<html>away</html>' });
const fault = (text: string): Partial<CallFailure> => ({ cause: 'fault', status: 500, text });

describe('a failed request tells the circuits', () => {
  it.each<[string, Partial<CallFailure>, string[]]>([
    [
      'a refused connection',
      { mayBeWritten: false, networkCode: 'ECONNREFUSED' },
      ['lost as a whole unsent'],
    ],
    [
      'a name that is not resolved',
      { mayBeWritten: false, networkCode: 'ENOTFOUND' },
      ['lost as a whole unsent'],
    ],
    ['no connection in time', { cause: 'timeout', mayBeWritten: false }, ['lost unsent']],
    ['a reset before anything was sent', { mayBeWritten: false, networkCode: 'ECONNRESET' }, ['lost unsent']],
    ['a reset after it was sent', { networkCode: 'ECONNRESET' }, ['lost']],
    ['no answer in time', { cause: 'timeout' }, ['lost']],
    ['a 502 page', page(502), ['lost as a whole']],
    ['a 503 page', page(503), ['lost as a whole']],
    ['a 504 page', page(504), ['lost as a whole']],
    ['a 500 page', page(500), ['lost']],
    ['a 404 page', page(404), ['lost']],
    ['half an answer', { cause: 'unparsable', status: 200, text: '<soap:Envelope>' }, ['lost']],
    ['our own late send', { cause: 'send_window', mayBeWritten: false }, ['not sent']],
    ['more than we read', { cause: 'too_large' }, ['answered', 'undecided']],
    ['a fault nobody knows', fault('Object reference not set'), ['answered', 'undecided']],
    ['a database that is slow', fault('SqlException: Timeout expired'), ['answered', 'undecided']],
    ['a lost session', fault('Session is not authenticated'), ['answered', 'undecided']],
    ['the spent quota', { cause: 'http', status: 429, text: 'Limit exceeded' }, ['answered', 'undecided']],
    ['a blocked identity', fault('Provided IdentityId is blocked.'), ['answered', 'refused identity']],
    [
      'a missing right',
      fault('User does not have permission to use this service'),
      ['answered', 'refused permission with its reason'],
    ],
    ['a wrong request', fault('Instance validation error'), ['answered', 'accepted']],
  ])('%s', async (_, call, words) => {
    expect(await told(call)).toEqual(words);
  });
});
