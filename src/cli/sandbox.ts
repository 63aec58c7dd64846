/** `sandbox`: runs a 24SevenOffice for development until it is interrupted. */
import { behaviourFile } from '../sandbox/behaviour.ts';
import { defaultSeed, defaultUser } from '../sandbox/demo-seed.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { CliProblem, EXIT, type Io } from './io.ts';
import { readShopFile } from './shop-files.ts';

export async function runSandbox(
  io: Io,
  options: { host: string; port: number; behaviour?: string },
): Promise<number> {
  const { behaviour } =
    options.behaviour === undefined
      ? { behaviour: {} }
      : await readShopFile(options.behaviour, behaviourFile, EXIT.wrongUse);
  let sandbox: Sandbox;
  try {
    sandbox = await startSandbox({ ...behaviour, host: options.host, port: options.port, seed: defaultSeed });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new CliProblem([`sandbox.not_started: port ${options.port} of ${options.host}: ${code}`]);
  }
  const user = { ...defaultUser, ...defaultSeed.user };
  io.out(`TFSO_BASE_URL=${sandbox.url}`);
  io.out(`TFSO_USERNAME=${user.username}`);
  io.out(`TFSO_PASSWORD=${user.password}`);
  io.out(`TFSO_APPLICATION_ID=${user.applicationId}`);
  for (const company of defaultSeed.companies) io.out(`# company ${company.clientId}: "${company.name}"`);
  io.out(`# control: POST ${sandbox.url}/_control/<operation>`);
  io.out('# nothing here is kept; end with Ctrl-C');
  await io.interrupted();
  await sandbox.stop();
  return EXIT.done;
}
