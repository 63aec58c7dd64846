import { once } from 'node:events';
import { createServer, connect as dial, type Socket } from 'node:net';

export interface LossyProxy {
  url: string;
  /** The next answer of the server is lost with its connection; the client has to connect anew. */
  loseNextAnswer(): void;
  /** How many answers were lost. */
  lost(): number;
  stop(): void;
}

/** Stands between a client and a server, and cuts the line when told: what was asked for has been done by then. */
export async function startLossyProxy(port: number): Promise<LossyProxy> {
  let losing = false;
  let lost = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = dial(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.pipe(upstream);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    upstream.on('data', (answer) => {
      if (!losing) return client.write(answer);
      losing = false;
      lost += 1;
      client.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port');
  return {
    url: `redis://127.0.0.1:${address.port}`,
    loseNextAnswer: () => {
      losing = true;
    },
    lost: () => lost,
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
