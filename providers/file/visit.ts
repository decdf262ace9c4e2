import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A file of the configuration: its text, or why it cannot be read. */
export interface FoundFile {
  readonly path: string;
  readonly text: string | Error;
}

/** FIL-13. */
const SUPPORTED = /\.(toml|yaml|yml)$/i;

/** Larger files are a mistake, or an attack. */
const LARGEST_BYTES = 32 * 1024 * 1024;

/** All supported files below a folder, in byte order of names, sub-folders at their place (FIL-14). */
export function visitDirectory(directory: string): readonly FoundFile[] {
  return visit(directory, new Set([realpathSync(directory)]));
}

function visit(directory: string, above: ReadonlySet<string>): readonly FoundFile[] {
  const names = readdirSync(directory).sort((a, b) =>
    Buffer.compare(Buffer.from(a), Buffer.from(b)),
  );
  return names.flatMap((name) => {
    // Kubernetes keeps the real files in hidden folders behind a `..data` link; they show at top level.
    if (name.startsWith('..')) return [];
    const path = join(directory, name);
    if (isDirectory(path)) {
      const real = realpathSync(path);
      return above.has(real) ? [] : visit(path, new Set([...above, real]));
    }
    return SUPPORTED.test(name) ? [readOne(path)] : [];
  });
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // A dangling link: reading it says what is wrong.
    return false;
  }
}

export function readOne(path: string): FoundFile {
  try {
    const { size } = statSync(path);
    if (size > LARGEST_BYTES) return { path, text: new Error(`it is ${size} bytes long`) };
    return { path, text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { path, text: error instanceof Error ? error : new Error(String(error)) };
  }
}
