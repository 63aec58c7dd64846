import { z } from 'zod';

const ms = z.number().nonnegative();
const count = z.number().int().positive();
const service = z.enum(['Company', 'Product', 'Invoice', 'Account', 'Client']);

/**
 * What nobody knows for certain about the live service, one setting each. The first value of an enum is what
 * we believe. `probe` can find each of them out by requests alone.
 */
const unknowns = {
  answers: z
    .enum(['dotnet', 'written_out'])
    .default('dotnet')
    .describe('values that equal their declared default are left out (.NET), or written like all others'),
  emptyLists: z
    .enum(['empty', 'null'])
    .default('empty')
    .describe('a search that found nothing answers an empty list, or no list'),
  unusedSlots: z
    .enum(['left_out', 'nil'])
    .default('left_out')
    .describe('an unused address, phone or e-mail slot is left out, or written as nil'),
  decimals: z
    .enum(['as_sent', 'four_places'])
    .default('as_sent')
    .describe('amounts come back in the scale that was sent, or with four places'),
  requests: z
    .enum(['strict', 'dotnet'])
    .default('strict')
    .describe(
      'what the schema forbids is a fault, or is accepted as .NET does: any order, unknown elements dropped',
    ),
  faultText: z
    .enum(['message', 'stack_trace'])
    .default('message')
    .describe('the text of a fault is a chain of messages, or holds exception types and the stack too'),
  unknownProperties: z
    .enum(['ignored', 'fault'])
    .default('ignored')
    .describe('a return property that does not exist is ignored, or the whole call is refused'),

  externalStatusFilter: z
    .enum(['works', 'ignored', 'finds_nothing'])
    .default('works')
    .describe('GetInvoices filters by ExternalStatus, behaves as if it were not there, or never finds'),
  visibilityDelayMs: ms
    .default(0)
    .describe('what is created shows in searches and reads only after so many ms'),
  emailSearch: z
    .enum(['contains', 'contains_case', 'exact', 'exact_case'])
    .default('contains')
    .describe('CompanyEmail finds anywhere in the address, or the whole address; _case: case matters'),
  emailSlots: z
    .array(z.enum(['Home', 'Invoice', 'Primary', 'Work', 'Alternative']))
    .min(1)
    .default(['Home', 'Invoice', 'Primary', 'Work', 'Alternative'])
    .describe('the e-mail slots that CompanyEmail looks in'),
  organizationNumberSearch: z
    .enum(['spaces_ignored', 'exact', 'contains'])
    .default('spaces_ignored')
    .describe('OrganizationNumber finds the number whatever its spaces, as it is written, or parts of it'),
  productNameSearch: z
    .enum(['contains', 'contains_case', 'exact', 'exact_case'])
    .default('contains')
    .describe('the Name of GetProducts finds anywhere in the name, or the whole name; _case: case matters'),
  wildcards: z
    .enum(['names', 'everywhere', 'nowhere'])
    .default('names')
    .describe('% and _ are wildcards in searches by name, by e-mail and number too, or never'),

  saveSums: z.boolean().default(true).describe("SaveInvoices' answer carries the order's sums"),
  saveRows: z.boolean().default(true).describe("SaveInvoices' answer carries the rows"),
  saveMarks: z
    .enum(['both', 'reference', 'external_status', 'none'])
    .default('both')
    .describe("which of ReferenceNumber and ExternalStatus SaveInvoices' answer carries"),
  saveNames: z.boolean().default(true).describe("SaveProducts' and SaveCategories' answers carry the names"),
  saveOrder: z
    .enum(['as_sent', 'reversed'])
    .default('as_sent')
    .describe('the members of a save are answered in the order they were sent, or the last one first'),

  taxCodeMeans: z
    .enum(['tax_id', 'tax_no'])
    .default('tax_id')
    .describe("a row's TaxSettings.TaxCode is the TaxId or the TaxNo of GetTaxCodeList"),
  discountUnit: z
    .enum(['percent', 'fraction'])
    .default('percent')
    .describe('a discount of ten per cent is DiscountRate 10, or 0.1'),
  includeVatTrue: z
    .enum(['inc_vat', 'ex_vat'])
    .default('inc_vat')
    .describe('what row prices are where IncludeVAT is true'),
  includeVatFalse: z
    .enum(['ex_vat', 'inc_vat'])
    .default('ex_vat')
    .describe('what row prices are where IncludeVAT is false'),
  includeVatNil: z
    .enum(['ex_vat', 'inc_vat'])
    .default('ex_vat')
    .describe('what row prices are where IncludeVAT is nil or missing'),

  customerCurrency: z
    .enum(['taken', 'ignored'])
    .default('taken')
    .describe("an order without a currency takes its customer's, or is in the company's own"),

  emptyText: z
    .enum(['unchanged', 'clears'])
    .default('unchanged')
    .describe('an empty text in a save changes nothing, or clears the field'),
  omittedDefaults: z
    .enum(['reset', 'unchanged', 'never_change'])
    .default('reset')
    .describe(
      'on an update a left-out Type, Discount … is reset to its default, stays, or stays even where the default was sent',
    ),
  lengthLimits: z
    .enum(['refuse', 'truncate'])
    .default('refuse')
    .describe('a text too long for its column is refused, or cut'),

  dateZone: z
    .enum(['none', 'utc', 'offset'])
    .default('none')
    .describe('dates are written without a zone, with Z, or with the offset of Oslo'),
  dateShift: z
    .enum(['kept', 'local_to_utc'])
    .default('kept')
    .describe('a date comes back as it was sent, or is taken as Oslo time and comes back in UTC'),

  sessionMs: z.number().positive().default(86_400_000).describe('how long a session lives, in ms'),
  sessionLife: z
    .enum(['sliding', 'absolute'])
    .default('sliding')
    .describe('sessionMs counts from the last use, or from the login'),
  sessionsPerUser: count
    .nullable()
    .default(null)
    .describe('how many sessions may be open at once; null: no limit'),
  sessionsBeyond: z
    .enum(['oldest_ends', 'login_refused'])
    .default('oldest_ends')
    .describe('a login beyond sessionsPerUser ends the oldest session, or is refused with a fault'),
  identityBelongsTo: z
    .enum(['session', 'user'])
    .default('session')
    .describe('a login chooses the company for its own session, or for all sessions of the user'),

  requestsPerHour: count
    .default(7_200)
    .describe('requests allowed in one window, logins included; further ones are refused'),
  requestsPerSecond: count.default(25).describe('more than this many within one second answer HTTP 429'),
  quotaAnswer: z
    .enum(['http429', 'fault500', 'fault200'])
    .default('http429')
    .describe("shape of the quota's refusal: plain HTTP 429, or a SOAP fault with this HTTP status"),
  quotaHeaders: z
    .enum(['api_limit', 'x_ratelimit', 'none'])
    .default('api_limit')
    .describe('quota headers of every answer: APILimitRemaining and APILimitReset, X-RateLimit-…, or none'),
  quotaReset: z
    .enum(['iso', 'seconds', 'epoch'])
    .default('iso')
    .describe('form of the reset header: an ISO time, seconds left, or seconds since 1970'),
  loginsPerMinute: count
    .default(60)
    .describe('logins (and GetIdentitiesWithCredential) within one minute before they answer a fault'),
  loginThrottledText: z
    .string()
    .default('Authentication is throttled. Please reuse your session.')
    .describe('text of that fault'),

  deniedServices: z.array(service).default([]).describe('services that the user may not use in any company'),
  deniedWrites: z.array(service).default([]).describe('services that the user may read but not save to'),
  permissionText: z
    .string()
    .default('User does not have permission to use this service')
    .describe('text of the fault of a service that is not allowed'),
};

export type UnknownSetting = keyof typeof unknowns;

/** Each setting's text, values and default. The documents print them; a test checks that none is forgotten. */
export function describeUnknowns(): {
  name: UnknownSetting;
  text: string;
  values: string[];
  preset: string;
}[] {
  return Object.entries(unknowns).map(([name, setting]) => {
    const inner = setting.unwrap();
    return {
      name: name as UnknownSetting,
      text: setting.description ?? '',
      values: inner instanceof z.ZodEnum ? inner.options.map(String) : [],
      preset: JSON.stringify(setting.parse(undefined)),
    };
  });
}

/** Settings for tests and developers. They say nothing about the live service. */
const knobs = {
  quotaWindowMs: count
    .default(3_600_000)
    .describe("length of the quota's window, which opens with the first request after the last one ended"),
  defaultVatPercent: z.string().default('25').describe('VAT per cent of a row without a tax code of its own'),
  latencyMs: ms.default(0).describe('how long the sandbox waits between commit and answer, in ms'),
  keepBodies: z
    .boolean()
    .default(false)
    .describe("keep each request's body in the log; off, because bodies hold passwords and personal data"),
};

/**
 * Every key can be given to `startSandbox`, in a file to `sandbox --behaviour`, and changed while the sandbox
 * runs with `control.configure`.
 */
export const behaviourSchema = z.strictObject({ ...unknowns, ...knobs }).readonly();

export type QuotaAnswer = SandboxBehaviour['quotaAnswer'];
export type SandboxBehaviour = z.output<typeof behaviourSchema>;
export type BehaviourChange = { [Key in keyof SandboxBehaviour]?: SandboxBehaviour[Key] | undefined };

/** A setting that is left out stays as it is. */
const changeSchema = z.strictObject(
  Object.fromEntries(
    Object.entries({ ...unknowns, ...knobs }).map(([name, setting]) => [name, setting.unwrap().optional()]),
  ),
) as unknown as z.ZodType<BehaviourChange>;

/** Content of `behaviour.json`: some or all of the settings, as `probe` found them. */
export const behaviourFile = z.strictObject({ behaviour: changeSchema });
