/** Reads shop files strictly. Every problem names its place in the file. */
import { z } from 'zod';
import { issueText } from '../contract/parse.ts';
import { shopSettings } from '../contract/shop.ts';
import { normalizePercent } from '../domain/tax.ts';
import { CliProblem, EXIT, readJson } from './io.ts';

export const clientId = z.string().regex(/^\d{1,20}$/, { message: 'must be a Client.Id' });
const verifiedShop = z.strictObject({
  clientId,
  identityId: z.guid({ message: 'must be a GUID' }),
  verifiedAt: z.iso.datetime({ message: 'must be an ISO 8601 instant' }),
});

/** The file of one shop, for `shop add`. */
export const shopFile = shopSettings.superRefine(({ vatCodes }, context) => {
  const keys = new Map<string, string>();
  for (const key of Object.keys(vatCodes)) {
    const percent = normalizePercent(key);
    const first = keys.get(percent);
    if (first === undefined) keys.set(percent, key);
    else {
      const message = `is the same percentage as "${first}"; keep one of them`;
      context.addIssue({ code: 'custom', path: ['vatCodes', key], message });
    }
  }
});

/** The file that `shop export` writes and `shop import` reads. */
export const exportedShops = z.array(
  z.strictObject({
    settings: shopFile,
    disabled: z.boolean(),
    verified: verifiedShop.optional(),
    formerClientId: clientId.optional(),
  }),
);

function describeIssue(issue: z.core.$ZodIssue): string[] {
  const at = (path: PropertyKey[], text: string) =>
    path.length === 0 ? text : `${path.map(String).join('.')} ${text}`;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => at([...issue.path, key], 'is not a known key'));
  }
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  return [at(issue.path, isMissing ? 'is required' : issueText(issue))];
}

/** Throws CliProblem: exit code 2 if the file cannot be read, `notAllowed` (1) if its content is not allowed. */
export async function readShopFile<S extends z.ZodType>(
  file: string,
  schema: S,
  notAllowed: number = EXIT.problemFound,
): Promise<z.output<S>> {
  const parsed = schema.safeParse(await readJson(file, notAllowed));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap(describeIssue);
  throw new CliProblem(
    problems.map((problem) => `${file}: ${problem}`),
    notAllowed,
  );
}
