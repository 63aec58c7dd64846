/** A server that answers from a recording: each operation's answers in their recorded order. */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { MaskedExchange } from '../../src/twentyfourseven/wire/recording.ts';

export interface Replay {
  url: string;
  exchanges: MaskedExchange[];
  /** Operations with recorded answers that nobody has asked for yet. */
  left(): string[];
  stop(): Promise<void>;
}

export function readRecording(dir: string): MaskedExchange[] {
  const names = readdirSync(dir).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => JSON.parse(readFileSync(join(dir, name), 'utf8')));
}

export async function startReplay(dir: string): Promise<Replay> {
  const exchanges = readRecording(dir);
  const waiting = [...exchanges];
  const server = createServer((request, response) => {
    const operation = /([A-Za-z]+)"?$/.exec(String(request.headers.soapaction))?.[1] ?? '';
    request.resume().on('end', () => {
      const index = waiting.findIndex((exchange) => exchange.operation === operation);
      const [exchange] = index < 0 ? [] : waiting.splice(index, 1);
      // Nothing was recorded, or the recorded request got no answer.
      if (exchange === undefined || 'problem' in exchange.answer) return request.socket.destroy();
      const { status, headers, body } = exchange.answer;
      return response.writeHead(status, { ...headers, connection: 'keep-alive' }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanges,
    left: () => waiting.map(({ operation }) => operation),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
