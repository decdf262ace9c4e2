import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';

interface Folder {
  readonly watcher: FSWatcher;
  readonly names: Set<string>;
}

/**
 * Calls `happened` when something may have happened to one of some files. By their folders, because
 * a file that is replaced by renaming takes its own watch with it. A hint: bind mounts and network
 * disks give no events, and watches are limited per user.
 */
export class FileEvents {
  readonly #happened: () => void;
  readonly #folders = new Map<string, Folder>();

  constructor(happened: () => void) {
    this.#happened = happened;
  }

  /** The folder must be known to answer: this waits for its disk. */
  add(path: string): void {
    const folder = dirname(path);
    const known = this.#folders.get(folder) ?? this.#watch(folder);
    known?.names.add(basename(path));
  }

  remove(path: string): void {
    const folder = dirname(path);
    const known = this.#folders.get(folder);
    known?.names.delete(basename(path));
    if (known?.names.size === 0) this.#drop(folder, known);
  }

  close(): void {
    for (const [folder, known] of this.#folders) this.#drop(folder, known);
  }

  #watch(folder: string): Folder | undefined {
    const names = new Set<string>();
    // Kubernetes swaps a folder whose name begins so.
    const isMeant = (name: string | null) =>
      name === null || name.startsWith('..') || names.has(name);
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (isMeant(name)) this.#happened();
      });
      const known = { watcher, names };
      watcher.on('error', () => this.#drop(folder, known));
      this.#folders.set(folder, known);
      return known;
    } catch {
      // No such folder, or no watch left.
      return undefined;
    }
  }

  #drop(folder: string, known: Folder): void {
    known.watcher.close();
    this.#folders.delete(folder);
  }
}
