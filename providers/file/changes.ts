import { watch } from 'chokidar';
import { dirname } from 'node:path';
import pDebounce from 'p-debounce';

/** Editors and deployment tools write one file in several steps, and a half-written one is no file. */
const QUIET_MS = 50;

/** A folder that never falls quiet is read all the same. */
const LONGEST_MS = 500;

/** Bind mounts, network disks and `..data` links give no events (D46). */
const COMPARE_MS = 2_000;

export interface Watched {
  /** Exactly one of the two is set. */
  readonly directory: string | undefined;
  readonly filename: string | undefined;
}

/**
 * Calls `changed` when something may have changed: after events that have settled, and every two
 * seconds. Returns what ends that.
 */
export function watchChanges(
  { directory, filename = '.' }: Watched,
  changed: () => void,
): () => Promise<void> {
  let unsettledSince: number | undefined;
  const settled = () => {
    unsettledSince = undefined;
    changed();
  };
  // It waits anew at every call, so alone it would starve.
  const settle = pDebounce(settled, QUIET_MS);
  const onEvent = () => {
    unsettledSince ??= performance.now();
    if (performance.now() - unsettledSince > LONGEST_MS) settled();
    else void settle();
  };
  // The folder, not the file: a file that is replaced by renaming takes its own watch with it.
  const watcher = watch(directory ?? dirname(filename), {
    ignoreInitial: true,
    ignorePermissionErrors: true,
    ...(directory === undefined && { depth: 0 }),
  });
  watcher.on('all', onEvent);
  // Watches are limited per user; the comparison goes on without them.
  watcher.on('error', onEvent);
  const comparing = setInterval(changed, COMPARE_MS);
  return async () => {
    clearInterval(comparing);
    // chokidar 5.0.0: a removal that is still looked at adds the folder above, which opens a closed
    // watcher again, and the process never ends.
    watcher.add = () => watcher;
    await watcher.close();
  };
}
