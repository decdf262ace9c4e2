import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { createSecureContext, createServer, type TlsOptions, type TLSSocket } from 'node:tls';
import type { ServerHandshake, ServerTls } from '../../src/net/server-tls.js';
import { ca, certified } from './terminations.js';

const own = certified('a.test');

/** A TLS server on a free port, with a certificate for `a.test`. `raw`: the socket below. */
export async function startTlsServer(
  t: TestContext,
  serve: (stream: TLSSocket, raw: Socket) => void,
  options: TlsOptions = {},
): Promise<{ readonly port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer({ cert: own.chain, key: own.key, allowHalfOpen: true, ...options });
  let raw: Socket | undefined;
  server.on('connection', (socket: Socket) => {
    raw = socket;
    sockets.add(socket);
  });
  server.on('tlsClientError', () => {});
  server.on('secureConnection', (stream) => {
    stream.on('error', () => {});
    if (raw) serve(stream, raw);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0 };
}

/** Speaks TLS to servers that the tests' own authority knows. */
export const trusting = (rest: Partial<ServerHandshake> = {}): ServerTls => ({
  handshakeWith: () => ({
    context: createSecureContext({ ca: ca.cert }),
    serverName: 'a.test',
    check: ({ authorized }) => (authorized ? undefined : { reason: 'untrusted', detail: '' }),
    certificateRefused() {
      // Nothing else to show.
    },
    ...rest,
  }),
});
