import type { Readable } from 'node:stream';
import type { Provider, Snapshot } from '../../src/config/provider.js';

/** The event stream ended: the engine stops, or a proxy before it ends what is idle. */
export class StreamEnded extends Error {
  override readonly name = 'StreamEnded';
  readonly code = 'STREAM_ENDED';

  constructor(cause?: Error) {
    super('the event stream ended', { cause });
  }
}

/** What is learnt through one event stream. */
interface Subscription {
  /** What is known, and again after each change; throws when the engine or its stream is lost. */
  snapshots(signal: AbortSignal): AsyncIterable<Snapshot>;
  /** Has everything looked at again. */
  refresh(): void;
}

export interface Followed<A> {
  readonly connect: (signal: AbortSignal) => Promise<A>;
  /** False: it is read once. */
  readonly isWatched: boolean;
  readonly readOnce: (api: A, signal: AbortSignal) => Promise<Snapshot>;
  readonly subscribe: (api: A, events: Readable) => Subscription;
  /** An event stream that lived for so many ms was sound: its end alone is no loss of the engine. */
  readonly steady: number;
}

/** Watches one engine through its event stream, which is opened again when it ends. */
export function follow<A extends { readonly events: (signal: AbortSignal) => Promise<Readable> }>({
  connect,
  isWatched,
  readOnce,
  subscribe,
  steady,
}: Followed<A>): Required<Pick<Provider, 'watch' | 'refresh'>> {
  const open = new Set<Subscription>();
  return {
    refresh: () => open.forEach((one) => one.refresh()),
    async *watch(signal) {
      for (;;) {
        const api = await connect(signal);
        if (!isWatched) {
          yield await readOnce(api, signal);
          return;
        }
        // Subscribe first: what changes before the list must not be missed (BUG-52).
        const events = await api.events(signal);
        const subscribed = performance.now();
        const subscription = subscribe(api, events);
        open.add(subscription);
        try {
          yield* subscription.snapshots(signal);
          return;
        } catch (error) {
          // Socket proxies end idle streams, every ten minutes on a quiet machine: no alarm (D34)
          // unless the engine does not answer either.
          const wasSound = performance.now() - subscribed >= steady;
          if (!(error instanceof StreamEnded) || !wasSound) throw error;
        } finally {
          open.delete(subscription);
          events.destroy();
        }
      }
    },
  };
}
