import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { pemOf, type Pem, type PemTrouble } from '../config/pem.js';

/** A chain and its key are some kilobytes, all roots of a system 250. */
const LARGEST_BYTES = 1024 * 1024;

/**
 * What a file comes to. Never rejects, never waits for a writer, and never reads more than 1 MiB:
 * pipes and devices are not opened for good.
 */
export async function readPemFile(path: string): Promise<Pem> {
  try {
    if (!(await stat(path)).isFile()) return trouble('not-a-file');
    // It may have become a pipe since, whose opening would wait.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return await contentOf(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    return trouble(REASONS.get(codeOf(error) ?? '') ?? 'unreadable');
  }
}

async function contentOf(file: FileHandle): Promise<Pem> {
  const status = await file.stat();
  if (!status.isFile()) return trouble('not-a-file');
  if (status.size > LARGEST_BYTES) return trouble('too-large');
  const chunks: Buffer[] = [];
  let length = 0;
  // Until its end, not by its size alone: it may grow, and in /proc it is 0.
  for (let isOver = false; !isOver;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(status.size + 1024));
    isOver = bytesRead === 0 || (length === 0 && bytesRead === status.size);
    chunks.push(buffer.subarray(0, bytesRead));
    length += bytesRead;
    if (length > LARGEST_BYTES) return trouble('too-large');
  }
  return pemOf(Buffer.concat(chunks).toString('utf8'));
}

const REASONS: ReadonlyMap<string, PemTrouble> = new Map([
  ['ENOENT', 'not-found'],
  ['ENOTDIR', 'not-found'],
  ['ENAMETOOLONG', 'not-found'],
  ['EACCES', 'not-allowed'],
  ['EPERM', 'not-allowed'],
  ['ENXIO', 'not-a-file'],
]);

const trouble = (reason: PemTrouble): Pem => ({ ok: false, reason });

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;
