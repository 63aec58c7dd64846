/** Says what a worker's and a producer's connection get from each Redis in the first argument. */
import { producerConnection } from '../../../src/cli/decide.ts';
import { createProducer, NotReplicated } from '../../../src/producer.ts';
import { connectRedis, type RedisConfig } from '../../../src/store/connection.ts';
import { silentLogger } from '../../twentyfourseven/support.ts';

const configs: RedisConfig[] = JSON.parse(process.argv[2] ?? '[]');
const check = { schemaVersion: 1, shopId: 'acme.mysharefox.com', requestId: 'r', invoiceId: '1' } as const;
const requestedAt = '2021-01-10T09:00:00Z';
const said = [];
for (const config of configs) {
  const client = connectRedis(config, silentLogger);
  const producer = createProducer({ connection: producerConnection(config) });
  // Behind Sentinels a replica is expected, and here is none: the job was written all the same.
  const added = await producer.checkStatus({ ...check, requestedAt }).then(
    (answer) => answer.added,
    (error: unknown) => error instanceof NotReplicated,
  );
  said.push({ kind: config.kind, worker: await client.ping(), producer: added });
  await producer.close();
  client.disconnect();
}
process.stdout.write(JSON.stringify(said));
