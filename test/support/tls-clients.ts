import { connect as connectTcp, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { ca } from './terminations.js';

/** How a TLS client fared: what it got, and how it ended. */
export class TlsClient {
  readonly raw: Socket;
  readonly stream: TLSSocket;
  readonly #chunks: Buffer[] = [];
  /** The code of the error: `ECONNRESET`, `ERR_SSL_TLSV1_UNRECOGNIZED_NAME` … */
  readonly ended: Promise<string>;
  readonly secured: Promise<void>;

  constructor(t: TestContext, port: number, options: ConnectionOptions = {}, preface = '') {
    this.raw = connectTcp({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    if (preface !== '') this.raw.write(preface);
    t.after(() => this.raw.destroy());
    this.stream = connect({ servername: 'a.test', ca: ca.cert, ...options, socket: this.raw });
    this.stream.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
    this.secured = new Promise((resolve, reject) => {
      this.stream.once('secureConnect', resolve);
      this.stream.once('error', reject);
    });
    this.secured.catch(() => {});
    this.ended = new Promise((resolve) => {
      this.stream.once('end', () => resolve('end'));
      this.stream.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
      this.stream.once('close', () => resolve('close'));
    });
  }

  get received(): string {
    return Buffer.concat(this.#chunks).toString('latin1');
  }
}
