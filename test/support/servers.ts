import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Use } from './folder.js';

/** A TCP server on a free port of this machine, closed after the test. */
export interface TestServer {
  readonly port: number;
  readonly address: string;
  readonly server: Server;
}

export async function startServer(
  use: Use,
  serve: (socket: Socket) => void,
  host = '127.0.0.1',
): Promise<TestServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    serve(socket);
  });
  server.listen(0, host);
  await once(server, 'listening');
  use.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { port, address: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`, server };
}

/** Says one thing to everybody and ends. */
export const saying = (text: string) => (socket: Socket) => {
  socket.end(text);
  socket.resume();
};

/** Sends back what it gets, and ends when the other side does. */
export function echo(socket: Socket): void {
  socket.pipe(socket);
}
