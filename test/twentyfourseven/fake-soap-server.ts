/** A server that does to its connections whatever a test wants, and remembers every byte it was sent. */
import net, { type AddressInfo, type Socket } from 'node:net';

export interface FakeServer {
  url: string;
  /** Bytes as text, one entry per connection. */
  received: string[];
  /** Resolves with the number of connections once there are so many. */
  connected(count: number): Promise<void>;
  /** Resolves once the nth connection (from 0) is closed. */
  closed(index: number): Promise<void>;
  sockets: Socket[];
  stop(): Promise<void>;
}

export async function startFakeServer(
  onRequest: (socket: Socket, request: string) => void = () => undefined,
): Promise<FakeServer> {
  const received: string[] = [];
  const sockets: Socket[] = [];
  const closings: Promise<void>[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const server = net.createServer((socket) => {
    const index = sockets.push(socket) - 1;
    received[index] = '';
    let pending = '';
    closings[index] = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received[index] += chunk.toString('utf8');
      pending += chunk.toString('latin1');
      const [head = '', body] = pending.split('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? '0');
      if (body === undefined || body.length < length) return;
      const request = Buffer.from(pending, 'latin1').toString('utf8');
      pending = '';
      onRequest(socket, request);
    });
    for (const { resolve } of waiting.filter(({ count }) => sockets.length >= count)) resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    sockets,
    connected: (count) =>
      new Promise((resolve) => {
        if (sockets.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    closed: async (index) => closings[index],
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

export function envelope(body: string): string {
  return (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"' +
    ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soap:Body>${body}</soap:Body></soap:Envelope>`
  );
}

export function answer(
  socket: Socket,
  body: string,
  status = 200,
  headers: Record<string, string> = {},
): void {
  const lines = Object.entries({
    'Content-Type': 'text/xml; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  socket.write(`HTTP/1.1 ${status} X\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}
