/**
 * The log: pino as JSON lines, fields first.
 *
 * Nothing of a payload, no credential and no session id leaves through it: fields with such names are
 * replaced at any depth, and of an error only what tells the cause is printed.
 */
import { type DestinationStream, type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino';

/** The part of pino we use; fields first, the message constant. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Logger;
}

const REDACTED = '[redacted]';
const MOST_DEPTH = 6;

/** Compared in lower case, without `_` and `-`. */
const SECRET_FIELDS = new Set([
  'password',
  'credential',
  'credentials',
  'passwd',
  'secret',
  'token',
  'authorization',
  'cookie',
  'cookies',
  'setcookie',
  'sessionid',
  'session',
  'applicationid',
  'username',
  'redisurl',
  // payloads and what they hold
  'payload',
  'data',
  'body',
  'xml',
  'envelope',
  'request',
  'response',
  'config',
  'lines',
  'email',
  'emails',
  'phone',
  'phones',
  'firstname',
  'lastname',
  'companyname',
  'companyorgno',
  'address',
  'addresses',
  'postcode',
  'comment',
  'requestedby',
]);

const isSecret = (key: string) => SECRET_FIELDS.has(key.toLowerCase().replace(/[_-]/g, ''));

/** Passwords in URLs, as connection errors like to print them. */
const withoutPasswords = (text: string) => text.replace(/\/\/[^/@\s]*@/g, '//***@');

interface DescribedError {
  type: string;
  code?: string | number;
  message: string;
  stack?: string;
  cause?: unknown;
  errors?: unknown[];
}

function describeError(error: Error, depth = 0): DescribedError {
  const code = 'code' in error ? error.code : undefined;
  const described: DescribedError = { type: error.name, message: withoutPasswords(error.message) };
  if (typeof code === 'string' || typeof code === 'number') described.code = code;
  if (error.stack !== undefined) described.stack = withoutPasswords(error.stack);
  if (depth >= MOST_DEPTH) return described;
  if (error.cause !== undefined) described.cause = printable(error.cause, depth + 1);
  if (error instanceof AggregateError) {
    described.errors = error.errors.slice(0, 5).map((each: unknown) => printable(each, depth + 1));
  }
  return described;
}

/** A copy without secrets; plain data, however deep it came. */
function printable(value: unknown, depth = 0): unknown {
  if (value instanceof Error) return describeError(value, depth);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depth >= MOST_DEPTH) return '[too deep]';
  if (Array.isArray(value)) return value.map((each) => printable(each, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, isSecret(key) ? REDACTED : printable(each, depth + 1)]),
  );
}

/** Thrown values are not always errors; whatever it is, no object is printed as it came. */
const printableError = (error: unknown) =>
  error instanceof Error ? describeError(error) : { type: typeof error, message: 'thrown, but no Error' };

const printableFields = (fields: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([key, value]) => {
      // `err` is left to its serializer, which child fields pass, too.
      if (key === 'err') return [key, value];
      return [key, isSecret(key) ? REDACTED : printable(value)];
    }),
  );

/** pino runs no formatter over a child's fields, so they are cleaned on their way in. */
function asLogger(log: PinoLogger): Logger {
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
    child: (fields) => asLogger(log.child(printableFields(fields))),
  };
}

/** @param destination where the lines go; standard output if left out */
export function createLogger(options: { level: string; destination?: DestinationStream }): Logger {
  const settings = {
    level: options.level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    serializers: { err: printableError },
    formatters: {
      level: (level: string) => ({ level }),
      log: printableFields,
    },
  };
  return asLogger(options.destination === undefined ? pino(settings) : pino(settings, options.destination));
}
