/** The operator's command line: its commands, and the output of failures. */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { ConfigProblem, EXIT_CONFIG } from '../config.ts';
import { invoiceId, localDate, shopId } from '../contract/jobs.ts';
import { TransferFailure } from '../errors.ts';
import { listPins, unpin } from './customer.ts';
import { type ResolveOptions, resendInvoice, resolveInvoice } from './decide.ts';
import { type ForgetOptions, forgetShop } from './forget.ts';
import { type ForgetInvoiceOptions, forgetInvoice } from './forget-invoice.ts';
import { showInvoice } from './invoice.ts';
import { CliProblem, EXIT, type Io } from './io.ts';
import { previewInvoiceCommand } from './preview.ts';
import { type ProbeOptions, probeShop } from './probe.ts';
import { exportRecords, importRecords } from './records.ts';
import { type ReportOptions, reportCommand } from './report.ts';
import { runSandbox } from './sandbox.ts';
import { writeSchemas } from './schema.ts';
import {
  addShop,
  disableShop,
  exportShops,
  importShops,
  listShops,
  showShop,
  verifyShopCommand,
} from './shop.ts';
import { clientId } from './shop-files.ts';

interface Parser {
  safeParse(value: string): { success: boolean; error?: { issues: { message: string }[] } };
}

/** Checks an argument by the contract's own rule. */
const parsedBy = (schema: Parser) => (value: string) => {
  const { success, error } = schema.safeParse(value);
  if (!success) throw new InvalidArgumentError(error?.issues[0]?.message ?? 'is not allowed');
  return value;
};

function parsePort(value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (!(port <= 65_535)) throw new InvalidArgumentError('must be a port number');
  return port;
}

function parseOrderId(value: string): number {
  if (!/^[1-9]\d{0,9}$/.test(value)) throw new InvalidArgumentError('must be an order id');
  return Number(value);
}

function parseReason(value: string): string {
  const text = value.trim();
  if (text === '' || text.length > 200) throw new InvalidArgumentError('must be 1 to 200 characters');
  return text;
}

type Finish = (run: Promise<number>) => Promise<void>;

function addShopCommands(program: Command, io: Io, finish: Finish): void {
  const shop = program.command('shop').description('connect shops to 24SevenOffice');
  const aShopId = parsedBy(shopId);
  shop
    .command('add')
    .description('add a shop, or replace its settings')
    .argument('<file>', 'JSON file with the settings')
    .action((file: string) => finish(addShop(io, file)));
  shop
    .command('verify')
    .description('check that shop and 24SevenOffice fit together; writes nothing there')
    .argument('<shop>', 'shop id', aShopId)
    .option('--move-to <clientId>', 'the shop moves to this company, on purpose', parsedBy(clientId))
    .option('--json', 'print JSON')
    .action((id: string, options: { json?: boolean; moveTo?: string }) =>
      finish(verifyShopCommand(io, id, options)),
    );
  shop
    .command('list')
    .description('all shops')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) => finish(listShops(io, options)));
  shop
    .command('show')
    .description("one shop's settings")
    .argument('<shop>', 'shop id', aShopId)
    .option('--json', 'print JSON')
    .action((id: string, options: { json?: boolean }) => finish(showShop(io, id, options)));
  shop
    .command('disable')
    .description('stop transferring its invoices')
    .argument('<shop>', 'shop id', aShopId)
    .action((id: string) => finish(disableShop(io, id)));
  shop
    .command('forget')
    .description("erase its customers' data here; states, ids, sums and history stay")
    .argument('<shop>', 'shop id', aShopId)
    .option('--yes', 'erase; without it nothing is')
    .option('--unresolved', 'also of invoices a person should still decide, which nobody can then')
    .action((id: string, options: ForgetOptions) => finish(forgetShop(io, id, options)));
  shop
    .command('export')
    .description('print all shops as JSON, for shop import')
    .action(() => finish(exportShops(io)));
  shop
    .command('import')
    .description('add all shops of an export')
    .argument('<file>', 'what shop export printed')
    .action((file: string) => finish(importShops(io, file)));
}

function addInvoiceCommands(program: Command, io: Io, finish: Finish): void {
  const invoice = program
    .command('invoice')
    .description('look at single invoices, and decide what we could not');
  const about = (name: string, description: string) =>
    invoice
      .command(name)
      .description(description)
      .argument('<shop>', 'shop id', parsedBy(shopId))
      .argument('<invoice>', 'invoice id', parsedBy(invoiceId));
  const reason = '--reason <text>';
  const why = 'why, for the trail; no names, no addresses';
  about('show', 'what became of an invoice')
    .option('--json', 'print JSON')
    .action((shop: string, id: string, options: { json?: boolean }) =>
      finish(showInvoice(io, shop, id, options)),
    );
  invoice
    .command('preview')
    .description('the order a payload would become; nothing is written')
    .argument('<file>', 'JSON file with an invoice-transfer payload')
    .option('--json', 'print JSON')
    .action((file: string, options: { json?: boolean }) => finish(previewInvoiceCommand(io, file, options)));
  about('resolve', 'decide an unresolved invoice')
    .option('--order <id>', "this order is the invoice's", parseOrderId)
    .option('--accept-difference', 'the order stays as it is, although it differs')
    .option('--not-created', 'there is no order; the invoice is sent again')
    .requiredOption(reason, why, parseReason)
    .action((shop: string, id: string, options: ResolveOptions) =>
      finish(resolveInvoice(io, { shopId: shop, invoiceId: id }, options)),
    );
  about('resend', 'let a transferred invoice be sent again')
    .option('--order-deleted', 'its order was deleted in 24SevenOffice on purpose')
    .requiredOption(reason, why, parseReason)
    .action((shop: string, id: string, options: { orderDeleted?: boolean; reason: string }) =>
      finish(resendInvoice(io, { shopId: shop, invoiceId: id }, options)),
    );
  about(
    'forget',
    "erase its customer's data here; state, ids, sums and history stay, so it is never sent twice",
  )
    .option('--yes', 'erase; without it nothing is')
    .option('--unresolved', 'also where a person should still decide, which nobody can then')
    .action((shop: string, id: string, options: ForgetInvoiceOptions) =>
      finish(forgetInvoice(io, { shopId: shop, invoiceId: id }, options)),
    );
}

function addCustomerCommands(program: Command, io: Io, finish: Finish): void {
  const customer = program
    .command('customer')
    .description('customers that people have chosen where several could be meant');
  customer
    .command('pins')
    .description("what was chosen for a shop's customers")
    .argument('<shop>', 'shop id', parsedBy(shopId))
    .option('--json', 'print JSON')
    .action((shop: string, options: { json?: boolean }) => finish(listPins(io, shop, options)));
  customer
    .command('unpin')
    .description('undo a choice')
    .argument('<shop>', 'shop id', parsedBy(shopId))
    .argument('<key>', 'its key in customer pins')
    .action((shop: string, key: string) => finish(unpin(io, shop, key)));
}

function addRecordCommands(program: Command, io: Io, finish: Finish): void {
  const records = program
    .command('records')
    .description('all records with their trails, out of Redis and back');
  records
    .command('export')
    .description('write every record as one line of JSON; personal data of invoices under way is in it')
    .argument('<file>', '- for standard output; one that broke off goes on')
    .action((file: string) => finish(exportRecords(io, file)));
  records
    .command('import')
    .description('put back what is not here or is older here; running it again does nothing again')
    .argument('<file>', 'what records export wrote; - for standard input')
    .action((file: string) => finish(importRecords(io, file)));
}

function createProgram(io: Io, finish: Finish): Command {
  const program = new Command('sharefox-24seven')
    .description('operate the transfer of Sharefox invoices into 24SevenOffice')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
    });
  addShopCommands(program, io, finish);
  addInvoiceCommands(program, io, finish);
  addCustomerCommands(program, io, finish);
  addRecordCommands(program, io, finish);
  program
    .command('schema')
    .description('JSON Schema of the payloads, the results and the shop file')
    .option('--out <dir>', 'write one file each into this folder')
    .action((options: { out?: string }) => finish(writeSchemas(io, options)));
  program
    .command('probe')
    .description('ask the real service what its documents do not say; reads only, unless --write')
    .argument('<shop>', 'shop id', parsedBy(shopId))
    .option('--out <dir>', 'folder for report, recording and state; default probe-<shop>')
    .option('--write', 'ask also what needs a save: in a demo company only')
    .option('--company <name>', "the account's exact name: write although it is in use")
    .action((shop: string, options: ProbeOptions) => finish(probeShop(io, shop, options)));
  program
    .command('report')
    .description("a shop's invoices by issue date, held against its books: sent, standing, invoiced, paid")
    .argument('<shop>', 'shop id', parsedBy(shopId))
    .requiredOption('--from <date>', 'first day, like 2021-01-01', parsedBy(localDate))
    .requiredOption('--to <date>', 'last day', parsedBy(localDate))
    .option('--csv', 'one row an invoice, for Excel')
    .option('--decimal-comma', 'amounts in the file as 1518,75')
    .option('--offline', 'from the records alone; 24SevenOffice is not asked')
    .action((shop: string, options: ReportOptions) => finish(reportCommand(io, shop, options)));
  program
    .command('sandbox')
    .description('run a 24SevenOffice for development')
    .option('--port <port>', 'port to listen on, 0 for any', parsePort, 4_724)
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--behaviour <file>', 'behave as this file says: {"behaviour": {…}}, which `probe` writes')
    .action((options: { port: number; host: string; behaviour?: string }) => finish(runSandbox(io, options)));
  return program;
}

/** A failure as lines for a person, never with a stack. */
function failureOf(error: unknown): { lines: string[]; exitCode: number } {
  if (error instanceof CliProblem) return error;
  if (error instanceof ConfigProblem) return { lines: error.problems, exitCode: EXIT_CONFIG };
  if (error instanceof TransferFailure) {
    return { lines: [`${error.code}: ${error.message}`], exitCode: EXIT.problemFound };
  }
  const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
  return { lines: [`failed: ${line}`], exitCode: EXIT.problemFound };
}

/** All that a terminal obeys but line break (also CSV's, with a CR) and tab: C0, C1, and marks that turn the direction of writing. */
const OBEYED = /(?!\r(?:\n|$))[^\P{Cc}\n\t]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Records and answers hold foreign texts: none of them may move the cursor or rewrite what was printed. */
const printable = (io: Io): Io => ({
  ...io,
  out: (line) => io.out(line.replace(OBEYED, '\u{fffd}')),
  err: (line) => io.err(line.replace(OBEYED, '\u{fffd}')),
});

/** Run one command and return its exit code. Never throws. */
export async function runCli(args: string[], terminal: Io): Promise<number> {
  const io = printable(terminal);
  let exitCode: number = EXIT.done;
  const finish: Finish = async (run) => {
    exitCode = await run;
  };
  try {
    await createProgram(io, finish).parseAsync(args, { from: 'user' });
  } catch (error) {
    // Commander has already printed what was wrong. Its exit code is 0 after --help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongUse;
    const failure = failureOf(error);
    for (const line of failure.lines) io.err(line);
    return failure.exitCode;
  }
  return exitCode;
}
