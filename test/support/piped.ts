import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Deadlines } from '../../src/async/deadlines.js';
import { Budget } from '../../src/net/budget.js';
import { READ_BUFFERED } from '../../src/net/read-buffer.js';
import { Pipe, type PipeEnd, type PipeOwner } from '../../src/net/pipe.js';
import { until } from './eventually.js';
import { MIB, socketPair } from './sockets.js';

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

/** `by` sends without end, and the other end reads nothing, until nothing moves any more. */
export async function stuck(ends: Piped, by: 'client' | 'server' = 'server'): Promise<void> {
  const sender = ends[by];
  const reader = by === 'server' ? ends.client : ends.server;
  reader.pause();
  const chunk = Buffer.alloc(MIB);
  const send = () => {
    while (!sender.writableNeedDrain) sender.write(chunk);
  };
  sender.on('drain', send);
  send();
  const { [by]: read } = ends.proxied;
  let before = -1;
  await until('nothing moves any more', async () => {
    const isStill = before === read.bytesRead && read.isPaused();
    before = read.bytesRead;
    await delay(100);
    return isStill;
  });
  sender.off('drain', send);
}
