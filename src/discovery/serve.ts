import { setMaxListeners } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import { delay } from '../async/delay.js';
import type { Provider, Snapshot } from '../config/provider.js';
import { adviceFor } from '../config/trial.js';
import type { Ask, Failure, Order, Reply } from './message.js';
import { NOTHING, piecesOf } from './pieces.js';

/** What happens within so many ms after a snapshot is one change. */
const REST_MS = 20;

/**
 * Runs providers for the other side of a port (`remoteProvider`), until the thread ends. After a snapshot a
 * provider is not asked for the next one for a while, but never for longer than tables wait for one another,
 * `throttleDuration` in ms. `giveWay` is called once there is a table.
 */
export function serve(
  providers: readonly Provider[],
  port: MessagePort,
  throttleDuration: number,
  giveWay: () => void = () => {},
): void {
  const rest = Math.min(REST_MS, throttleDuration);
  const served = new Map(providers.map((provider) => [provider.name, new Served(provider, rest)]));
  port.on('message', (order: Order) => {
    if (order.kind === 'giveWay') {
      giveWay();
      return;
    }
    const provider = served.get(order.provider);
    if (provider === undefined) throw new Error(`no provider is called ${order.provider}`);
    if (order.kind === 'watch') provider.watch(order.port, order.holds);
    else provider.refresh();
  });
}

/** One provider, and what the other side knows of it, which survives the end of a watch. */
class Served {
  readonly #provider: Provider;
  readonly #rest: number;
  #sent: Snapshot = NOTHING;
  /** How many were sent. */
  #sequence = 0;

  constructor(provider: Provider, rest: number) {
    this.#provider = provider;
    this.#rest = rest;
  }

  refresh(): void {
    this.#provider.refresh?.();
  }

  watch(port: MessagePort, holds: number): void {
    // Its last snapshot may not have come through.
    if (holds !== this.#sequence) [this.#sent, this.#sequence] = [NOTHING, holds];
    const life = new AbortController();
    // Each question that is under way to a source listens to it.
    setMaxListeners(0, life.signal);
    const snapshots = this.#provider.watch(life.signal)[Symbol.asyncIterator]();
    const replies = this.#replies(snapshots, life.signal);
    port.on('message', (ask: Ask) => {
      if (ask === 'stop') life.abort();
      else void replies.next().then(({ value }) => port.postMessage(value ?? ENDED));
    });
    port.on('close', () => {
      life.abort();
      void replies.return(undefined);
    });
  }

  /** Everything that is said of a watch. Never throws. */
  async *#replies(
    snapshots: AsyncIterator<Snapshot>,
    signal: AbortSignal,
  ): AsyncGenerator<Reply, undefined, undefined> {
    try {
      for (;;) {
        const next = await snapshots.next();
        if (next.done === true) return;
        const isSame = next.value === this.#sent;
        yield* this.#send(next.value);
        if (!isSame && this.#rest > 0) await delay(this.#rest, signal);
      }
    } catch (error) {
      yield { kind: 'failed', failure: failureOf(error) };
    } finally {
      await snapshots.return?.().catch(() => {});
    }
  }

  *#send(snapshot: Snapshot): Iterable<Reply> {
    if (snapshot === this.#sent) {
      yield { kind: 'same' };
      return;
    }
    for (const piece of piecesOf(this.#sent, snapshot)) {
      if (!piece.more) [this.#sent, this.#sequence] = [snapshot, this.#sequence + 1];
      yield { kind: 'piece', piece };
    }
  }
}

const ENDED: Reply = { kind: 'ended' };

/** An error can be the cause of itself. */
const MOST_CAUSES = 5;

/** With those of its causes, for the other side only gets the text. */
function stackOf({ stack, cause }: Error, causes: number): string | undefined {
  if (!(cause instanceof Error) || causes === 0) return stack;
  return `${stack ?? ''}\ncaused by: ${stackOf(cause, causes - 1) ?? cause.message}`;
}

function failureOf(caught: unknown): Failure {
  const error = caught instanceof Error ? caught : new Error(String(caught));
  const { message, name } = error;
  const code = 'code' in error ? String(error.code) : undefined;
  // One without any words is known by its name.
  const words = message === '' && code === undefined ? name : message;
  return { message: words, stack: stackOf(error, MOST_CAUSES), code, fix: adviceFor(error) };
}
