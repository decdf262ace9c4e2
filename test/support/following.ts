import type { TestContext } from 'node:test';
import type { Provider, Snapshot } from '../../src/config/provider.js';

/** A provider that runs for the time of a test. */
export interface Following {
  /** All that it has delivered so far. */
  readonly snapshots: readonly Snapshot[];
  readonly latest: () => Snapshot | undefined;
  /** Ends it. The error that it ended with, if any. */
  readonly stop: () => Promise<Error | undefined>;
  readonly ended: Promise<Error | undefined>;
}

export function follow(t: TestContext, provider: Provider): Following {
  const life = new AbortController();
  const snapshots: Snapshot[] = [];
  const run = async (): Promise<Error | undefined> => {
    try {
      for await (const snapshot of provider.watch(life.signal)) snapshots.push(snapshot);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  };
  const ended = run();
  const stop = () => {
    life.abort();
    return ended;
  };
  t.after(stop);
  return { snapshots, latest: () => snapshots.at(-1), stop, ended };
}
