import { z } from 'zod';

/**
 * Where 24SevenOffice is not documented, or a test wants it otherwise. Every key can be given to
 * `startSandbox` and changed while it runs with `control.configure`.
 */
export const behaviourSchema = z
  .strictObject({
    /** Counted over all operations, logins included; the rest of the window answers "Limit exceeded". */
    requestsPerHour: z.number().int().positive().default(7_200),
    /** Length of the quota's window. It opens with the first request after the last one ended. */
    quotaWindowMs: z.number().int().positive().default(3_600_000),
    /** More than this many requests within one second answer HTTP 429. */
    requestsPerSecond: z.number().int().positive().default(25),
    /** Shape of the quota's refusal; the sources do not tell which one is real. */
    quotaAnswer: z.enum(['http429', 'fault500', 'fault200']).default('http429'),
    /** Logins (and GetIdentitiesWithCredential) within one minute before they answer a fault. */
    loginsPerMinute: z.number().int().positive().default(60),
    loginThrottledText: z.string().default('Authentication is throttled. Please reuse your session.'),
    /** A session unused for so long is forgotten. */
    sessionMs: z.number().positive().default(86_400_000),
    /** The real text is unknown. */
    permissionText: z.string().default('User does not have permission to use this service'),
    /** On an update, a left-out field whose schema default is a real value (Type, Discount …) is reset to it. */
    resetOmittedDefaults: z.boolean().default(true),
    /** Whether an empty text in a request changes nothing, as its default in the WSDL suggests, or clears. */
    emptyText: z.enum(['unchanged', 'clears']).default('unchanged'),
    /** Whether GetInvoices honours ExternalStatus: filters, behaves as if it were not there, or never finds. */
    externalStatusFilter: z.enum(['works', 'ignored', 'finds_nothing']).default('works'),
    /** How an asked-for property without a value is answered. */
    unsetValues: z.enum(['sentinel', 'omitted']).default('sentinel'),
    /** VAT percent of a row without a tax code of its own. */
    defaultVatPercent: z.string().default('25'),
    /** What is created shows in searches and reads only so much later. */
    visibilityDelayMs: z.number().nonnegative().default(0),
    /** Every answer takes at least so long, counted from the commit. */
    latencyMs: z.number().nonnegative().default(0),
    /** Keep each request's body in the log. Off, because bodies hold passwords and personal data. */
    keepBodies: z.boolean().default(false),
  })
  .readonly();

export type QuotaAnswer = SandboxBehaviour['quotaAnswer'];
export type SandboxBehaviour = z.output<typeof behaviourSchema>;
export type BehaviourChange = { [Key in keyof SandboxBehaviour]?: SandboxBehaviour[Key] | undefined };
