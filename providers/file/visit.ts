import { isUtf8 } from 'node:buffer';
import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file of the configuration with its text, or something that could not be read. */
export type Found =
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'unreadable'; readonly path: string; readonly reason: string };

export interface Visited {
  /** In byte order of names, sub-folders at their place (FIL-14). */
  readonly found: readonly Found[];
  /** Files of another kind. */
  readonly passedOver: readonly string[];
}

/** FIL-13. */
const SUPPORTED = /\.(toml|yaml|yml)$/i;

/** Larger files are a mistake. */
const LARGEST_BYTES = 32 * 1024 * 1024;

/** All supported files below a folder. Never rejects: what cannot be read is among what was found. */
export async function visitDirectory(directory: string): Promise<Visited> {
  const found: Found[] = [];
  const passedOver: string[] = [];
  // Links may lead to one folder by several ways, or in a circle: each is read once.
  const seen = new Set<string>();
  const visit = async (folder: string): Promise<void> => {
    const real = await realpath(folder);
    if (seen.has(real)) return;
    seen.add(real);
    for (const name of inByteOrder(await readdir(folder))) {
      // Kubernetes keeps the real files in such folders and shows links to them at the top level.
      if (name.startsWith('..')) continue;
      const path = join(folder, name);
      if (await isDirectory(path)) await attempt(path);
      else if (!SUPPORTED.test(name)) passedOver.push(path);
      else if (!(await isGone(path))) found.push(await readOne(path));
    }
  };
  const attempt = async (folder: string): Promise<void> => {
    try {
      await visit(folder);
    } catch (error) {
      found.push({ kind: 'unreadable', path: folder, reason: reasonOf(error) });
    }
  };
  await attempt(directory);
  return { found, passedOver };
}

const inByteOrder = (names: readonly string[]) =>
  names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // A dangling link, or no permission: reading it says what is wrong.
    return false;
  }
}

/** True if it was deleted since its folder was read. A dangling link is not gone. */
async function isGone(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return false;
  } catch (error) {
    return codeOf(error) === 'ENOENT';
  }
}

/** Never rejects. */
export async function readOne(path: string): Promise<Found> {
  const unreadable = (reason: string): Found => ({ kind: 'unreadable', path, reason });
  try {
    const status = await stat(path);
    // Reading a pipe would wait for whoever writes to it.
    if (!status.isFile()) return unreadable('it is not a regular file');
    if (status.size > LARGEST_BYTES) return unreadable(`it is ${status.size} bytes long`);
    const bytes = await readFile(path);
    if (!isUtf8(bytes)) return unreadable('it is not text in UTF-8');
    return { kind: 'file', path, text: bytes.toString('utf8') };
  } catch (error) {
    return unreadable(reasonOf(error));
  }
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'it does not exist, or is a link to something that does not'],
  ['EACCES', 'Sluice may not read it'],
  ['EPERM', 'Sluice may not read it'],
  ['ELOOP', 'it is a link that leads back to itself'],
  ['ENOTDIR', 'a part of its path is not a folder'],
]);

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return REASONS.get(codeOf(error) ?? '') ?? text;
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;
