import type { Socket } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';
import { HandshakeGate, type Starter } from './handshake-gate.js';
import { layOver } from './layers.js';
import type { ClientCertificateMode } from './termination.js';

/** Why the handshake with a client came to nothing. */
export type HandshakeFailure =
  /** The client is gone. */
  | 'left'
  /** No common version, cipher or protocol, an alert of the client, or no TLS at all. */
  | 'failed'
  | 'no-certificate'
  | 'bad-certificate';

/** Who waits for a handshake; a session. One of the two is called, once, unless it is cancelled. */
export interface HandshakeOwner {
  /** Takes ownership of the stream, which has no error listener: it must get one at once. */
  secured(stream: TLSSocket): void;
  /** Gives the socket back, still open where the client was refused. `detail` is OpenSSL's code. */
  handshakeFailed(reason: HandshakeFailure, detail: string): void;
}

/**
 * The server's part of TLS: the only place where handshakes with clients end. One per process.
 *
 * Nobody gets past it but who shows the certificate that the route asks for. The `tls.Server` objects
 * only say whether one is good (`authorized`); they are shared by connections, so that the stream of
 * each is found again by its two addresses.
 */
export class ClientHandshakes {
  readonly #gate = new HandshakeGate();
  readonly #underWay = new Map<string, ClientHandshake>();
  readonly #known = new WeakSet<Server>();

  /** Owns `raw`, which is paused and holds what was read of it, the hello included. */
  start(
    raw: Socket,
    server: Server,
    mode: ClientCertificateMode,
    owner: HandshakeOwner,
  ): ClientHandshake {
    this.#listen(server);
    const handshake = new ClientHandshake(raw, server, mode, owner, this.#underWay);
    this.#gate.enter(handshake);
    return handshake;
  }

  #listen(server: Server): void {
    if (this.#known.has(server)) return;
    this.#known.add(server);
    server.on('secureConnection', (stream) => {
      const handshake = this.#underWay.get(keyOf(stream));
      // Cancelled, or lost in the very moment of success.
      if (handshake !== undefined) handshake.secured(stream);
      else stream.on('error', ignore).destroy();
    });
    server.on('tlsClientError', (error, stream) => {
      this.#underWay.get(keyOf(stream))?.refused(error);
    });
  }
}

/** What no two open connections have in common. */
const keyOf = ({ remoteAddress, remotePort, localAddress, localPort }: Socket) =>
  `${remoteAddress ?? ''} ${remotePort ?? ''} ${localAddress ?? ''} ${localPort ?? ''}`;

/** One handshake, from its place in the queue to its end. */
export class ClientHandshake implements Starter {
  readonly #raw: Socket;
  readonly #server: Server;
  readonly #mode: ClientCertificateMode;
  readonly #owner: HandshakeOwner;
  readonly #underWay: Map<string, ClientHandshake>;
  readonly #key: string;
  #isOver = false;

  constructor(
    raw: Socket,
    server: Server,
    mode: ClientCertificateMode,
    owner: HandshakeOwner,
    underWay: Map<string, ClientHandshake>,
  ) {
    this.#raw = raw;
    this.#server = server;
    this.#mode = mode;
    this.#owner = owner;
    this.#underWay = underWay;
    this.#key = keyOf(raw);
    raw.on('error', ignore);
    raw.on('close', this.#closed);
  }

  /** Called by the gate. */
  begin(): void {
    if (this.#isOver) return;
    this.#underWay.set(this.#key, this);
    // A client that sends its FIN now is gone: it cannot finish the handshake.
    this.#raw.allowHalfOpen = false;
    this.#server.emit('connection', this.#raw);
  }

  /** Gives the socket up. What comes of the handshake is thrown away. */
  cancel(): Socket {
    this.#leave();
    return this.#raw;
  }

  secured(stream: TLSSocket): void {
    const fault = certificateFault(stream, this.#mode);
    if (fault !== undefined) {
      stream.on('error', ignore);
      this.#fail(fault, stream.authorizationError?.toString() ?? '');
      return;
    }
    this.#leave();
    stream.allowHalfOpen = true;
    layOver(this.#raw, stream);
    this.#owner.secured(stream);
  }

  /** Its alert is on the way, and the socket is about to be closed. */
  refused(error: NodeJS.ErrnoException): void {
    const { code = error.message } = error;
    this.#fail(GONE.has(code) ? 'left' : 'failed', code);
  }

  readonly #closed = (): void => this.#fail('left', 'close');

  #fail(reason: HandshakeFailure, detail: string): void {
    if (this.#isOver) return;
    this.#leave();
    this.#owner.handshakeFailed(reason, detail);
  }

  #leave(): void {
    this.#isOver = true;
    this.#raw.off('close', this.#closed);
    if (this.#underWay.get(this.#key) === this) this.#underWay.delete(this.#key);
  }
}

const GONE: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

/** What is wrong with who the client is; judged before any byte of his is looked at. */
function certificateFault(
  stream: TLSSocket,
  mode: ClientCertificateMode,
): HandshakeFailure | undefined {
  if (mode === 'none' || mode === 'request') return undefined;
  const certificate = stream.getPeerX509Certificate();
  // Also of a resumed session: a ticket without a certificate opens nothing that asks for one (D45).
  if (certificate === undefined) return mode === 'verify-if-given' ? undefined : 'no-certificate';
  if (mode === 'require-any') return undefined;
  // Whoever resumes a session was verified when it began, and his certificate may have expired since.
  const isOutdated = stream.isSessionReused() && Date.parse(certificate.validTo) < Date.now();
  return stream.authorized && !isOutdated ? undefined : 'bad-certificate';
}

function ignore(): void {
  // Whoever is told of errors hears them from the stream above, or by `close`.
}
