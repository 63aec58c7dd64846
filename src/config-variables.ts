/** The table of environment variables; `config.ts` reads it. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { REDIS_DURABILITIES } from './store/connection.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/, { message: 'must be a whole number' })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { message: `must be between ${min} and ${max}` });

const flag = z
  .enum(['1', 'true', '0', 'false'], { message: 'must be 1, true, 0 or false' })
  .transform((value) => value === '1' || value === 'true');

const url = (protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    message: `must be a URL beginning with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });

const serviceUrl = url(['http:', 'https:'])
  .refine((value) => !URL.canParse(value) || !/[?#@]/.test(value), {
    message: 'must not hold a user, a query or a fragment',
  })
  .transform((value) => value.replace(/\/+$/, ''));

const redisUrl = url(['redis:', 'rediss:']).refine(
  (value) => !URL.canParse(value) || /^\/?\d*$/.test(new URL(value).pathname),
  { message: 'must end in a database number or nothing' },
);

const HOST_AND_PORT = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_.-]+):(\d{1,5})$/;
const hostsAndPorts = z
  .string()
  .transform((value) => value.split(',').map((part) => HOST_AND_PORT.exec(part.trim())))
  .refine(
    (parts) => parts.every((part) => part !== null && Number(part[2]) > 0 && Number(part[2]) < 65_536),
    {
      message: 'must be a list like "host1:26379,host2:26379"',
    },
  )
  .transform((parts) =>
    parts.map((part) => ({ host: (part?.[1] ?? '').replace(/[[\]]/g, ''), port: Number(part?.[2]) })),
  );

/** An address, and how many of its bits count. */
const NETWORK = /^([0-9a-fA-F:.]+)(?:\/(\d{1,3}))?$/;
function isNetwork(text: string): boolean {
  const [, address = '', bits = '0'] = NETWORK.exec(text) ?? [];
  const version = isIP(address);
  return version > 0 && Number(bits) <= (version === 4 ? 32 : 128);
}

const name = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,100}$/, { message: 'must be 1 to 100 of A-Z a-z 0-9 _ . -' });
const filled = z.string().min(1, { message: 'must not be empty' });

export interface Variable<S extends z.ZodType = z.ZodType> {
  doc: string;
  schema: S;
  /** As it would stand in the environment. */
  default?: string;
  /** Also read from the file that `<NAME>_FILE` names. */
  secret?: true;
  /** Must be set where the caller needs this part. */
  requiredFor?: 'tfso' | 'ops';
}
const variable = <S extends z.ZodType>(row: Variable<S>) => row;

/** Every variable we read, in the order of the contract. */
export const VARIABLES = {
  REDIS_URL: variable({
    doc: 'Where Redis is; also rediss://; user, password, database and TLS for Sentinel and Cluster too',
    schema: redisUrl,
    default: 'redis://127.0.0.1:6379',
    secret: true,
  }),
  REDIS_SENTINELS: variable({
    doc: 'Sentinels as host:port,host:port, with REDIS_MASTER_NAME',
    schema: hostsAndPorts,
  }),
  REDIS_MASTER_NAME: variable({ doc: "The primary's name at the Sentinels", schema: name }),
  REDIS_CLUSTER_NODES: variable({
    doc: 'Some nodes of a Cluster, host:port,host:port',
    schema: hostsAndPorts,
  }),
  QUEUE_PREFIX: variable({
    doc: 'BullMQ prefix, and prefix of our own keys; a Cluster needs the braces',
    schema: z
      .string()
      .regex(/^[A-Za-z0-9_.:{}-]{1,100}$/, { message: 'must be 1 to 100 of A-Z a-z 0-9 _ . : { } -' }),
    default: '{sharefox24seven}',
  }),
  TFSO_BASE_URL: variable({
    doc: '24SevenOffice; all service paths hang below it',
    schema: serviceUrl,
    default: 'https://api.24sevenoffice.com',
  }),
  TFSO_ALLOW_PLAIN_HTTP: variable({
    doc: '1: let TFSO_BASE_URL begin with http:// for another host than this machine or the compose sandbox',
    schema: flag,
    default: '0',
  }),
  TFSO_USERNAME: variable({
    doc: "Sharefox's one support user",
    schema: filled,
    secret: true,
    requiredFor: 'tfso',
  }),
  TFSO_PASSWORD: variable({ doc: 'Its password', schema: filled, secret: true, requiredFor: 'tfso' }),
  TFSO_APPLICATION_ID: variable({
    doc: 'The GUID 24SevenOffice issued for this integration',
    schema: z.guid({ message: 'must be a GUID like 00000000-0000-0000-0000-000000000000' }),
    secret: true,
    requiredFor: 'tfso',
  }),
  TFSO_TIMEOUT_MS: variable({ doc: 'One SOAP call', schema: integer(100, 600_000), default: '60000' }),
  TFSO_SETTLE_MS: variable({
    doc: 'How long after a send without an answer a look-up may be believed; must exceed the timeout',
    schema: integer(100, 3_600_000),
    default: '90000',
  }),
  TFSO_REQUESTS_PER_HOUR: variable({
    doc: 'Quota of this egress IP; with as few as 10, new customers may never get through',
    // Half may go at once, the rest comes over the hour: of one nothing would be left to come.
    schema: integer(2, 10_000_000),
    default: '7200',
  }),
  TFSO_REQUESTS_PER_SECOND: variable({
    doc: 'Most requests in any second',
    schema: integer(1, 10_000),
    default: '20',
  }),
  TFSO_QUOTA_POOL: variable({
    doc: 'Processes behind one egress IP name one pool',
    schema: name,
    default: 'default',
  }),
  TFSO_MAX_BATCH: variable({
    doc: 'Most orders or customers in one save',
    schema: integer(1, 500),
    default: '50',
  }),
  FOLLOW_EVERY_MS: variable({
    doc: 'Shortest time between two looks at a followed order; the other steps of the cadence are multiples of it',
    schema: integer(100, 86_400_000),
    default: '3600000',
  }),
  TFSO_RECORD_DIR: variable({
    doc: 'Folder for the last requests and answers, masked; not set: none are kept',
    schema: z.string().max(4_000, { message: 'must be the path of a folder' }),
  }),
  WORKER_CONCURRENCY: variable({
    doc: "Transfers in flight in one process; not set: up to 1,000 while many shops' invoices wait",
    schema: integer(1, 10_000),
    default: '100',
  }),
  STATUS_CONCURRENCY: variable({
    doc: 'Status checks in flight in one process',
    schema: integer(1, 10_000),
    default: '1000',
  }),
  REDIS_DURABILITY: variable({
    doc: "What keeps an acknowledged write: aof (Redis' own file), service (the host promises it: MemoryDB), volatile",
    schema: z.enum(REDIS_DURABILITIES, { message: `must be one of ${REDIS_DURABILITIES.join(', ')}` }),
    default: 'aof',
  }),
  ALLOW_VOLATILE_REDIS: variable({
    doc: '1: the same as REDIS_DURABILITY=volatile: start although Redis may forget (demo, tests)',
    schema: flag,
    default: '0',
  }),
  OPS_HOST: variable({
    doc: 'Bind address of health, metrics, board',
    schema: z.string().regex(/^[A-Za-z0-9_.:-]{1,255}$/, { message: 'must be a host name or an address' }),
    default: '127.0.0.1',
  }),
  OPS_PORT: variable({ doc: '0: any free port', schema: integer(0, 65_535), default: '3024' }),
  OPS_USERNAME: variable({
    doc: 'Login of the board',
    // Basic authentication ends the user name at the first colon.
    schema: filled.regex(/^[^:]*$/, { message: 'must not hold a colon' }),
    requiredFor: 'ops',
  }),
  OPS_PASSWORD: variable({
    doc: 'Its password; 12 characters or more unless OPS_HOST is this machine alone',
    schema: filled,
    secret: true,
    requiredFor: 'ops',
  }),
  OPS_VIEWER_USERNAME: variable({
    doc: 'A second login that may look and not act; another name and password than the first',
    schema: filled.regex(/^[^:]*$/, { message: 'must not hold a colon' }),
  }),
  OPS_VIEWER_PASSWORD: variable({ doc: 'Its password; both or none', schema: filled, secret: true }),
  OPS_TRUSTED_PROXIES: variable({
    doc: "Addresses of proxies before the ops server, whose X-Forwarded-For tells who logs in; not set: nobody's is believed",
    schema: z
      .string()
      .transform((value) => value.split(',').map((part) => part.trim()))
      .refine((parts) => parts.every(isNetwork), {
        message: 'must be a list of addresses or networks like "10.0.0.2,10.1.0.0/16"',
      }),
  }),
  LOG_LEVEL: variable({
    doc: 'One of fatal, error, warn, info, debug, trace, silent',
    schema: z.enum(LOG_LEVELS, { message: `must be one of ${LOG_LEVELS.join(', ')}` }),
    default: 'info',
  }),
};

export type VariableName = keyof typeof VARIABLES;
export type VariableValue<N extends VariableName> = z.output<(typeof VARIABLES)[N]['schema']>;
export type VariableValues = { [N in VariableName]?: VariableValue<N> };
