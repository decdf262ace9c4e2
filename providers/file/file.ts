import { delay } from '../../src/async/delay.js';
import { Pulse } from '../../src/async/pulse.js';
import { formatOf } from '../../src/config/decode/document.js';
import type { Provider, Snapshot } from '../../src/config/provider.js';
import { watchChanges, type Watched } from './changes.js';
import { Files } from './files.js';
import { unsupported } from './findings.js';
import { readOne, visitDirectory, type Visited } from './visit.js';

export interface FileProviderOptions extends Watched {
  /** Without it files are read at the start and by `refresh`. */
  readonly watch: boolean;
  /** For templates (D25). */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What has become empty or vanished is looked at again before it counts (D46). */
const AGAIN_MS = 200;

/** One part per file, which stays the same object while the text does. Never loses its source: what cannot be read is said. */
export function fileProvider(options: FileProviderOptions): Provider {
  const readers = new Set<Pulse>();
  const files = new Files(options.env);
  return {
    name: 'file',
    refresh: () => readers.forEach((pulse) => pulse.set()),
    async *watch(signal) {
      if (options.filename !== undefined && formatOf(options.filename) === undefined) {
        yield { parts: [], diagnostics: [unsupported(options.filename)] };
        return;
      }
      const pulse = new Pulse();
      const ended = () => pulse.end();
      signal.addEventListener('abort', ended);
      readers.add(pulse);
      // Before the first reading: a change in between must not be missed.
      const stop = options.watch ? watchChanges(options, () => pulse.set()) : undefined;
      pulse.set();
      try {
        for await (const _ of pulse) {
          if (signal.aborted) return;
          yield await read(options, files, signal);
        }
      } finally {
        signal.removeEventListener('abort', ended);
        readers.delete(pulse);
        await stop?.();
      }
    },
  };
}

async function read(options: Watched, files: Files, signal: AbortSignal): Promise<Snapshot> {
  let visited = await visit(options);
  if (files.isDoubtful(visited)) {
    await delay(AGAIN_MS, signal);
    visited = await visit(options);
  }
  return files.update(visited);
}

async function visit({ directory, filename = '' }: Watched): Promise<Visited> {
  if (directory !== undefined) return visitDirectory(directory);
  return { found: [await readOne(filename)], passedOver: [] };
}
