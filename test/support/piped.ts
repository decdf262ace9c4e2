import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { Deadlines } from '../../src/async/deadlines.js';
import { Budget } from '../../src/net/budget.js';
import { READ_BUFFERED } from '../../src/net/read-buffer.js';
import { Pipe, type PipeEnd, type PipeOwner } from '../../src/net/pipe.js';
import { socketPair } from './sockets.js';

/** A pipe between two real connections, with what its owner is told. */
export interface Piped {
  readonly client: Socket;
  readonly server: Socket;
  /** The ends that the pipe owns. */
  readonly proxied: { readonly client: Socket; readonly server: Socket };
  readonly pipe: Pipe;
  readonly budget: Budget;
  readonly done: Promise<PipeEnd>;
}

export interface PipedOptions {
  /** ms; negative: never. */
  readonly terminationDelay?: number;
  readonly budget?: Budget;
}

/** Notes what it is told. */
export class Owner implements PipeOwner {
  readonly told: string[] = [];
  ended: (end: PipeEnd) => void = () => {};
  readonly done = new Promise<PipeEnd>((resolve) => (this.ended = resolve));

  earlyBytes(): void {
    this.told.push('bytes');
  }

  earlyFin(): void {
    this.told.push('fin');
  }

  clientLost(): void {
    this.told.push('lost');
  }

  pipeEnded(end: PipeEnd): void {
    this.told.push(end);
    this.ended(end);
  }
}

export async function piped(t: TestContext, options: PipedOptions = {}): Promise<Piped> {
  const { terminationDelay = -1, budget = new Budget() } = options;
  const client = await socketPair(t);
  const server = await socketPair(t, { onread: READ_BUFFERED });
  const owner = new Owner();
  const pipe = new Pipe(client.far, owner, { timers: new Deadlines(), budget });
  pipe.join(server.near, terminationDelay);
  return {
    client: client.near,
    server: server.far,
    proxied: { client: client.far, server: server.near },
    pipe,
    budget,
    done: owner.done,
  };
}
