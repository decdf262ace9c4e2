import { watch } from 'chokidar';
import { dirname } from 'node:path';
import pDebounce from 'p-debounce';
import { delay } from '../../src/async/delay.js';
import { Pulse } from '../../src/async/pulse.js';
import { decodeDocument, formatOf } from '../../src/config/decode/document.js';
import type { Diagnostic } from '../../src/config/diagnostic.js';
import { EMPTY_CONFIG } from '../../src/config/model.js';
import type { Part, Provider, Snapshot } from '../../src/config/provider.js';
import { readOne, visitDirectory, type FoundFile } from './visit.js';

export interface FileProviderOptions {
  /** Exactly one of the two is set. */
  readonly directory: string | undefined;
  readonly filename: string | undefined;
  readonly watch: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Editors and deployment tools write one file in several steps. */
const SETTLE_MS = 20;

/** Bind mounts, network disks and `..data` links give no events (D46). */
const COMPARE_MS = 2_000;

/** A file that has become empty may just be about to be written (D46). */
const EMPTY_AGAIN_MS = 200;

interface Read {
  readonly text: string;
  readonly since: number;
  readonly part: Part;
}

/** The file provider: one part per file, which stays the same object while the text does. */
export function fileProvider(options: FileProviderOptions): Provider {
  const changed = new Set<Pulse>();
  const reader = new Reader(options);
  return {
    name: 'file',
    refresh: () => changed.forEach((pulse) => pulse.set()),
    async *watch(signal) {
      const pulse = new Pulse();
      changed.add(pulse);
      const stop = options.watch ? watchFor(options, pulse) : () => {};
      const ended = () => pulse.end();
      signal.addEventListener('abort', ended);
      pulse.set();
      try {
        for await (const _ of pulse) yield await reader.read(signal);
      } finally {
        signal.removeEventListener('abort', ended);
        changed.delete(pulse);
        stop();
      }
    },
  };
}

/** Sets the pulse when something may have changed; the reader finds out whether it did. */
function watchFor({ directory, filename }: FileProviderOptions, pulse: Pulse): () => void {
  const settled = pDebounce(() => pulse.set(), SETTLE_MS);
  const comparing = setInterval(() => pulse.set(), COMPARE_MS);
  // The folder, not the file: a file that is replaced by renaming takes its own watch with it.
  const watcher = watch(directory ?? dirname(filename ?? '.'), {
    ignoreInitial: true,
    ...(directory === undefined && { depth: 0 }),
  });
  watcher.on('all', () => void settled());
  // The comparison goes on without events.
  watcher.on('error', () => pulse.set());
  return () => {
    clearInterval(comparing);
    void watcher.close();
  };
}

class Reader {
  readonly #options: FileProviderOptions;
  #files: ReadonlyMap<string, Read> = new Map();
  #snapshot: Snapshot | undefined;

  constructor(options: FileProviderOptions) {
    this.#options = options;
  }

  async read(signal: AbortSignal): Promise<Snapshot> {
    let found = this.#find();
    const hasEmptied = ({ path, text }: FoundFile) =>
      text === '' && (this.#files.get(path)?.text ?? '') !== '';
    if (!(found instanceof Error) && found.some(hasEmptied)) {
      await delay(EMPTY_AGAIN_MS, signal);
      found = this.#find();
    }
    const next = found instanceof Error ? this.#unreadable(found) : this.#snapshotOf(found);
    const before = this.#snapshot;
    const isSame =
      before?.parts.length === next.parts.length &&
      next.parts.every((part, index) => part === before.parts[index]) &&
      JSON.stringify(before.diagnostics) === JSON.stringify(next.diagnostics);
    this.#snapshot = isSame ? before : next;
    return this.#snapshot;
  }

  #find(): readonly FoundFile[] | Error {
    const { directory, filename = '' } = this.#options;
    if (directory === undefined) return [readOne(filename)];
    try {
      return visitDirectory(directory);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** The folder is gone or closed: what was read from it stays. */
  #unreadable(error: Error): Snapshot {
    const path = this.#options.directory ?? '';
    const parts = [...this.#files.values()].map(({ part }) => part);
    return { parts, diagnostics: [unreadable(path, error)] };
  }

  #snapshotOf(found: readonly FoundFile[]): Snapshot {
    const files = new Map<string, Read>();
    const diagnostics: Diagnostic[] = [];
    found.forEach(({ path, text }, since) => {
      const before = this.#files.get(path);
      if (text instanceof Error) {
        diagnostics.push(unreadable(path, text));
        if (before) files.set(path, before);
        return;
      }
      const isSame = before?.text === text && before.since === since;
      files.set(path, isSame ? before : this.#decode(path, text, since, before));
    });
    this.#files = files;
    return { parts: [...files.values()].map(({ part }) => part), diagnostics };
  }

  #decode(path: string, text: string, since: number, before: Read | undefined): Read {
    const format = formatOf(path) ?? 'yaml';
    const owner = { kind: 'file', id: path, name: path, since } as const;
    const decoded = decodeDocument(text, {
      path,
      format,
      provider: 'file',
      env: this.#options.env,
    });
    // D9: of a file that cannot be read at all the last good state stays.
    const config = decoded.readable ? decoded.config : (before?.part.config ?? EMPTY_CONFIG);
    return { text, since, part: { owner, config, diagnostics: decoded.diagnostics } };
  }
}

const unreadable = (path: string, error: Error): Diagnostic => ({
  code: 'unreadable',
  severity: 'error',
  provider: 'file',
  object: { kind: 'file', name: path },
  at: { kind: 'file', path, line: 0, column: 0 },
  message: `it cannot be read: ${error.message}`,
  fix: 'see that it is there, and that Sluice may read it; it is tried again every 2 s',
});
