/** `schema`: the contract as JSON Schema, for other producers and consumers. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { invoiceTransferJob, statusCheckJob } from '../contract/jobs.ts';
import { failure, orderEventBodies, statusResult, transferResult } from '../contract/results.ts';
import { shopSettings } from '../contract/shop.ts';
import { CliProblem, EXIT, type Io } from './io.ts';

const SCHEMAS = {
  'invoice-transfer': invoiceTransferJob,
  'status-check': statusCheckJob,
  'transfer-result': transferResult,
  'status-result': statusResult,
  failure,
  /** Bodies of the events of these types. */
  ...orderEventBodies,
  shop: shopSettings,
};

/** The schemas of what a producer writes: fields with a default are optional. Rules between fields are left out. */
export function jsonSchemas(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(SCHEMAS).map(([name, schema]) => [
      name,
      { title: name, ...z.toJSONSchema(schema, { io: 'input' }) },
    ]),
  );
}

export async function writeSchemas(io: Io, options: { out?: string }): Promise<number> {
  const schemas = jsonSchemas();
  const { out } = options;
  if (out === undefined) {
    io.out(JSON.stringify(schemas, null, 2));
    return EXIT.done;
  }
  try {
    await mkdir(out, { recursive: true });
    for (const [name, schema] of Object.entries(schemas)) {
      const file = join(out, `${name}.schema.json`);
      await writeFile(file, `${JSON.stringify(schema, null, 2)}\n`);
      io.out(file);
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new CliProblem([`${out}: cannot be written (${code})`], EXIT.wrongUse);
  }
  return EXIT.done;
}
