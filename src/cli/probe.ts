/** `probe`: find out from the real service what its documents do not say. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock } from '../clock.ts';
import type { Probe, ProbeState } from '../onboarding/probe/inquiry.ts';
import { behaviourOf, findingLine, madeLines, writeReport } from '../onboarding/probe/report.ts';
import { MOST_REQUESTS, PACE_MS, paced, refuseWrite, runPlan } from '../onboarding/probe/run.ts';
import type { Product } from '../product.ts';
import { createShopData } from '../store/shop-data.ts';
import { createRecorder } from '../twentyfourseven/wire/recorder.ts';
import { silent, withProduct } from './context.ts';
import { CliProblem, EXIT, type Io } from './io.ts';

export interface ProbeOptions {
  out?: string;
  write?: boolean;
  /** The account's exact name: confirms that the probe may write to it although it is in use. */
  company?: string;
}

async function readState(path: string, shopId: string, clientId: string): Promise<ProbeState> {
  const fresh: ProbeState = {
    version: 1,
    shopId,
    clientId,
    requests: 0,
    findings: [],
    made: [],
    sent: {},
    facts: {},
  };
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return fresh;
  let state: ProbeState;
  try {
    state = JSON.parse(text) as ProbeState;
  } catch {
    throw new CliProblem([`${path} is damaged; give another folder with --out`], EXIT.wrongUse);
  }
  if (state.version !== 1 || state.shopId !== shopId || state.clientId !== clientId) {
    throw new CliProblem(
      [`${path} belongs to another shop or company; give another folder with --out`],
      EXIT.wrongUse,
    );
  }
  return state;
}

/** Replaces the file whole: a run that is killed leaves the old one. */
async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

export async function probeShop(
  io: Io,
  shopId: string,
  options: ProbeOptions,
  { clock = systemClock, paceMs = PACE_MS }: { clock?: Clock; paceMs?: number } = {},
): Promise<number> {
  if (options.company !== undefined && options.write !== true) {
    throw new CliProblem(['--company goes with --write'], EXIT.wrongUse);
  }
  // The product's own requests, such as logins. They count for the probe's limit, too.
  let ownRequests = 0;
  const onRequest = () => {
    ownRequests += 1;
  };
  return withProduct(
    io,
    { tfso: true },
    (product) => probe({ io, shopId, options, product, clock, paceMs, ownRequests: () => ownRequests }),
    { clock, onRequest },
  );
}

async function probe(what: {
  io: Io;
  shopId: string;
  options: ProbeOptions;
  product: Product;
  clock: Clock;
  paceMs: number;
  ownRequests: () => number;
}): Promise<number> {
  const { io, shopId, options, product, clock, paceMs } = what;
  const { config, store, service } = product;
  const shop = await store.shops.find(shopId);
  if (shop === undefined)
    throw new CliProblem([`shop.unknown: ${shopId} is not connected; run shop add first`]);
  if (shop.verified === undefined)
    throw new CliProblem([`shop.not_verified: run shop verify ${shopId} first`]);
  const { clientId, identityId } = shop.verified;
  const folder = options.out ?? `probe-${shopId}`;
  const recorded = join(folder, 'recorded');
  await mkdir(recorded, { recursive: true });
  const path = join(folder, 'state.json');
  const state = await readState(path, shopId, clientId);
  const recorder = createRecorder({ dir: recorded, logger: silent() });
  const raw = service.rawOf({ shopId, clientId, identityId }, recorder.note);
  const before = state.requests;
  const counted = { ...raw, sent: () => raw.sent() + what.ownRequests() };
  const answers = new Map<string, Promise<unknown>>();
  const probing: Probe = {
    wire: paced(counted, clock, before, paceMs),
    clock,
    world: { settleMs: config.tfso.settleMs, requestsPerHour: config.tfso.requestsPerHour },
    state,
    canWrite: false,
    identityId,
    async keep() {
      state.requests = before + counted.sent();
      await replace(path, JSON.stringify(state, null, 1));
    },
    once<T>(name: string, work: () => Promise<T>): Promise<T> {
      const known = answers.get(name) ?? work();
      answers.set(name, known);
      return known as Promise<T>;
    },
    onSessionsMove: store.deployment.noteSessionsMove,
  };
  try {
    if (options.write === true) {
      const invoices = await createShopData(store).invoices(shopId);
      const ours = (await probing.wire.identities()).find((each) => each.clientId === clientId);
      const refused = await refuseWrite(probing, {
        hasTransferred: invoices.some((each) => each.state !== 'rejected'),
        accountName: ours?.clientName ?? '',
        company: options.company,
      });
      if (refused !== undefined) throw new CliProblem([`nothing was written: ${refused}`], EXIT.wrongUse);
      probing.canWrite = true;
    }
    const stopped = await runPlan(probing, (inquiry, finding) => io.out(findingLine(inquiry, finding)));
    await replace(
      join(folder, 'report.md'),
      writeReport(state, stopped, new Date(clock.now()).toISOString()),
    );
    const behaviour = { behaviour: behaviourOf(state.findings) };
    await replace(join(folder, 'behaviour.json'), `${JSON.stringify(behaviour, null, 2)}\n`);
    for (const line of madeLines(state)) io.out(`to delete by hand: ${line}`);
    io.out(
      `${state.requests} requests of at most ${MOST_REQUESTS}; report.md and behaviour.json are in ${folder}`,
    );
    if (stopped !== undefined) io.err(`stopped: ${stopped}; run it again to continue`);
    const isBroken = state.findings.some(({ verdict }) => verdict === 'does not hold');
    return stopped === undefined && !isBroken ? EXIT.done : EXIT.problemFound;
  } finally {
    await probing.keep();
    raw.close();
    await recorder.close();
  }
}
