import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { TLSSocket } from 'node:tls';
import { issue } from '../../support/certificates.js';

/** The server of one router was reached. */
export interface Reached {
  readonly router: string;
  /** What came first, decrypted where the server itself ends TLS; undefined as long as nothing did. */
  first: Buffer | undefined;
}

export type ServerKind = 'plain' | 'tls' | 'postgres';

const { cert, key } = issue({ name: 'server' });

/** A server that notes who reaches it. Its address. */
export async function startNotingServer(
  t: TestContext,
  router: string,
  kind: ServerKind,
  reached: Reached[],
): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    const note: Reached = { router, first: undefined };
    reached.push(note);
    serve(socket, kind, (first) => (note.first ??= first));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

function serve(socket: Socket, kind: ServerKind, note: (first: Buffer) => void): void {
  if (kind === 'plain') {
    socket.on('data', note);
    return;
  }
  if (kind === 'tls') {
    serveTls(socket, note);
    return;
  }
  socket.once('data', (request: Buffer) => {
    if (!request.equals(SSL_REQUEST)) note(request);
    socket.write('S');
    serveTls(socket, note);
  });
}

function serveTls(socket: Socket, note: (first: Buffer) => void): void {
  const stream = new TLSSocket(socket, { isServer: true, cert, key });
  stream.on('error', () => {});
  stream.on('data', note);
}

/** How a client of PostgreSQL asks for TLS (data-plane facts 2.6). */
export const SSL_REQUEST = Buffer.from('0000000804d2162f', 'hex');
