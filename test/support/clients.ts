import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** A client that can be half-closed, and remembers what it got and how it ended. */
export class Client {
  readonly socket: Socket;
  readonly #chunks: Buffer[] = [];
  #seen = (): void => {};
  /** `reset` also for a connection that was refused. */
  readonly ended: Promise<'fin' | 'reset'>;

  constructor(t: TestContext, port: number, host = '127.0.0.1') {
    this.socket = connect({ port, host, allowHalfOpen: true, noDelay: true });
    t.after(() => this.socket.destroy());
    this.socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#seen();
    });
    this.ended = new Promise((resolve) => {
      this.socket.once('end', () => resolve('fin'));
      this.socket.once('error', () => resolve('reset'));
    });
  }

  get received(): string {
    return Buffer.concat(this.#chunks).toString('latin1');
  }

  send(bytes: string | Buffer): this {
    this.socket.write(bytes);
    return this;
  }

  finish(bytes: string | Buffer = ''): this {
    this.socket.end(bytes);
    return this;
  }

  /** Resolves once all of this has arrived; fails if the connection ends before. */
  async gets(text: string): Promise<void> {
    const arrived = new Promise<void>((resolve) => {
      this.#seen = () => {
        if (this.received.includes(text)) resolve();
      };
      this.#seen();
    });
    const ended = this.ended.then((how) => {
      if (!this.received.includes(text)) {
        throw new Error(`ended by ${how} after '${this.received}', before '${text}'`);
      }
    });
    await Promise.race([arrived, ended]);
  }
}
