import type { Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { dialFailureOf, type DialFailure } from './dial-failure.js';
import { layOver } from './layers.js';
import { readServerAnswer, SSL_REQUEST } from './postgres.js';
import type { ServerHandshake, ServerTls } from './server-tls.js';
import { TlsFeed } from './tls-feed.js';

/** What comes before the bytes of the client, in this order. */
export interface OpeningSteps {
  /** PROXY protocol; in clear, and first (data-plane facts 5.5). */
  readonly header: Buffer | undefined;
  readonly tls: ServerTls | undefined;
  /**
   * The client was told that TLS is spoken here, and what it sends is for the server to decrypt. Within
   * `tls`, if there is any (data-plane facts 2.6).
   */
  readonly isPostgres: boolean;
}

/** Who waits for it; a dial. One of the two is called, once, unless it is cancelled. */
export interface OpeningOwner {
  /** Takes ownership of the stream, which has no error listener: it must get one at once. */
  opened(stream: Socket): void;
  /** The socket is closed. */
  openingFailed(reason: DialFailure, detail: string): void;
}

/**
 * What is said to a server between the connection and the first byte of the client. Owns the socket
 * until it is over; the deadline is the owner's.
 */
export class ServerOpening {
  readonly #raw: Socket;
  readonly #steps: OpeningSteps;
  readonly #owner: OpeningOwner;
  #stream: TLSSocket | undefined;
  #isOver = false;

  constructor(raw: Socket, steps: OpeningSteps, owner: OpeningOwner) {
    this.#raw = raw;
    this.#steps = steps;
    this.#owner = owner;
    raw.on('error', this.#failed);
    raw.on('close', this.#closed);
  }

  /** `host` as configured: a name, or an address. */
  begin(host: string): void {
    const { header, tls } = this.#steps;
    if (header) this.#raw.write(header);
    if (tls) this.#shakeHands(tls, host);
    else this.#reached(this.#raw);
  }

  /** Closes the socket. Nobody is called any more. */
  cancel(): void {
    this.#isOver = true;
    this.#stream?.destroy();
    this.#raw.destroy();
  }

  /** Whatever is said from here on is for the server itself. */
  #reached(stream: Socket): void {
    if (!this.#steps.isPostgres) {
      this.#open(stream);
      return;
    }
    const answered = (bytes: Buffer): void => {
      const answer = readServerAnswer(bytes);
      if (answer === 'more') return;
      stream.off('data', answered);
      stream.off('end', this.#closed);
      if (answer === 'refused') this.#fail('no-tls', 'the server does not answer S to SSLRequest');
      else this.#open(stream);
    };
    stream.write(SSL_REQUEST);
    stream.on('data', answered);
    stream.on('end', this.#closed);
  }

  #shakeHands(tls: ServerTls, host: string): void {
    const handshake = tls.handshakeWith(host);
    if ('reason' in handshake) {
      this.#fail(handshake.reason, handshake.detail);
      return;
    }
    const feed = new TlsFeed(this.#raw);
    const stream = connect({
      socket: feed,
      secureContext: handshake.context,
      // Who the server is, is judged by `check`: Node would also take the CN for a name.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      servername: handshake.serverName,
    });
    feed.carry(stream);
    layOver(this.#raw, stream);
    this.#stream = stream;
    stream.on('error', this.#failed);
    stream.on('end', this.#closed);
    stream.on('close', this.#closed);
    // With TLS 1.3 a server looks at our certificate after the handshake, in the place of an answer.
    stream.once('error', (error: NodeJS.ErrnoException) => {
      const isRefused = stream.bytesRead === 0 && dialFailureOf(error) === 'certificate-refused';
      if (isRefused) handshake.certificateRefused();
    });
    stream.once('secureConnect', () => this.#secured(stream, handshake));
  }

  #secured(stream: TLSSocket, handshake: ServerHandshake): void {
    if (this.#isOver) return;
    const fault = handshake.check(stream);
    if (fault) {
      this.#fail(fault.reason, fault.detail);
      return;
    }
    this.#reached(stream);
  }

  #open(stream: Socket): void {
    this.#isOver = true;
    this.#raw.off('close', this.#closed);
    this.#raw.off('error', this.#failed);
    if (this.#stream) {
      // Its errors come by the stream.
      this.#raw.on('error', ignore);
      this.#stream.off('error', this.#failed);
      this.#stream.off('end', this.#closed);
      this.#stream.off('close', this.#closed);
    }
    this.#owner.opened(stream);
  }

  readonly #failed = (error: NodeJS.ErrnoException): void => {
    const reason = dialFailureOf(error);
    this.#fail(reason, reason === 'tls-failed' ? (error.code ?? error.message) : '');
  };

  readonly #closed = (): void => this.#fail('reset', '');

  #fail(reason: DialFailure, detail: string): void {
    if (this.#isOver) return;
    this.cancel();
    this.#owner.openingFailed(reason, detail);
  }
}

function ignore(): void {
  // Said by the stream above.
}
