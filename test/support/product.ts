/** The whole product in this process: the workers and their surroundings. */
import { systemClock } from '../../src/clock.ts';
import { type App, type AppDeps, startApp } from '../../workers/app.ts';
import {
  quietLogger,
  type Surroundings,
  type SurroundingsOptions,
  startSurroundings,
} from './surroundings.ts';

export { BERG, FJORD, PREFIX, productEnv, quietLogger, SHOP } from './surroundings.ts';

export interface Product extends Surroundings {
  app: App;
}

export async function startProduct(
  options: SurroundingsOptions & Pick<AppDeps, 'ports' | 'sweepEveryMs'> = {},
): Promise<Product> {
  const around = await startSurroundings(options);
  const app = await startApp(around.config, {
    clock: systemClock,
    logger: options.logger ?? quietLogger(),
    ...(options.ports && { ports: options.ports }),
    ...(options.sweepEveryMs && { sweepEveryMs: options.sweepEveryMs }),
  });
  await app.working;
  return {
    ...around,
    app,
    async stop() {
      await app.stop();
      await around.stop();
    },
  };
}
