import { describe, expect, test } from 'vitest';
import { createLogger } from '../src/logger.ts';

function recorder(level = 'debug') {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger({ level, destination: { write: (line) => lines.push(JSON.parse(line)) } });
  return { logger, lines };
}

/** An error as the SOAP client throws it: the whole conversation hangs on it. */
function soapError() {
  const conversation = { data: '<Login><password>canary</password></Login>', headers: { Cookie: 'canary' } };
  return Object.assign(new Error('the service answered 500'), {
    code: 'ERR_BAD_RESPONSE',
    request: conversation,
    response: conversation,
    config: conversation,
    body: '<canary/>',
    root: { Envelope: 'canary' },
  });
}

test('a line holds level, time, fields and message, nothing of the machine', () => {
  const { logger, lines } = recorder();
  logger.info({ step: 'order', durationMs: 12 }, 'step done');
  expect(lines).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      step: 'order',
      durationMs: 12,
      msg: 'step done',
    },
  ]);
});

test('a child repeats its fields in each line', () => {
  const { logger, lines } = recorder();
  logger.child({ shopId: 'acme' }).child({ jobId: '7' }).warn({}, 'slow');
  expect(lines[0]).toMatchObject({ shopId: 'acme', jobId: '7', level: 'warn' });
});

test('what lies below the level is not written', () => {
  const { logger, lines } = recorder('warn');
  logger.info({}, 'quiet');
  expect(lines).toEqual([]);
});

describe('errors', () => {
  test('an error shows type, code, message, stack and cause, and nothing else of it', () => {
    const { logger, lines } = recorder();
    const error = new Error('save failed', { cause: soapError() });
    error.name = 'OutcomeUnknown';
    logger.error({ err: error }, 'step failed');
    expect(lines[0]?.err).toEqual({
      type: 'OutcomeUnknown',
      message: 'save failed',
      stack: expect.stringContaining('save failed'),
      cause: {
        type: 'Error',
        code: 'ERR_BAD_RESPONSE',
        message: 'the service answered 500',
        stack: expect.any(String),
      },
    });
    expect(JSON.stringify(lines)).not.toContain('canary');
  });

  test.each([
    [
      'under another name',
      (logger: ReturnType<typeof recorder>['logger']) => logger.error({ reason: soapError() }, 'x'),
    ],
    [
      'inside a field',
      (logger: ReturnType<typeof recorder>['logger']) => logger.error({ a: { b: [soapError()] } }, 'x'),
    ],
    [
      'of a child',
      (logger: ReturnType<typeof recorder>['logger']) => logger.child({ err: soapError() }).info({}, 'x'),
    ],
    [
      'that is no Error',
      (logger: ReturnType<typeof recorder>['logger']) =>
        logger.error({ err: { xml: 'canary', any: 'canary' } }, 'x'),
    ],
    [
      'joined from several',
      (logger: ReturnType<typeof recorder>['logger']) =>
        logger.error({ err: new AggregateError([soapError()], 'all failed') }, 'x'),
    ],
  ])('an error %s brings no conversation along', (_, write) => {
    const { logger, lines } = recorder();
    write(logger);
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain('canary');
  });

  test('a password in a URL is cut out of messages', () => {
    const { logger, lines } = recorder();
    logger.error({ err: new Error('connect redis://user:canary@host:6379 failed') }, 'away');
    expect(JSON.stringify(lines)).not.toContain('canary');
    expect(JSON.stringify(lines)).toContain('redis://***@host:6379');
  });

  test('an error that is its own cause ends', () => {
    const { logger, lines } = recorder();
    const error = new Error('round');
    error.cause = error;
    logger.error({ err: error }, 'x');
    expect(lines).toHaveLength(1);
  });
});

test('payloads, people and secrets are replaced at any depth', () => {
  const { logger, lines } = recorder();
  logger.info(
    {
      data: { customer: 'canary' },
      job: { payload: 'canary', customer: { email: 'canary', first_name: 'canary' } },
      login: { Password: 'canary', applicationId: 'canary', 'session-id': 'canary' },
    },
    'x',
  );
  logger.child({ password: 'canary' }).info({}, 'x');
  expect(lines).toHaveLength(2);
  expect(JSON.stringify(lines)).not.toContain('canary');
});
