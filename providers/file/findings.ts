import { extname } from 'node:path';
import { nearest } from '../../src/config/decode/nearest.js';
import type { Diagnostic, Place } from '../../src/config/diagnostic.js';

const SUPPORTED = ['.yml', '.yaml', '.toml'];

const whole = (path: string): Place => ({ kind: 'file', path, line: 0, column: 0 });

const about = (path: string) =>
  ({ provider: 'file', object: { kind: 'file', name: path }, at: whole(path) }) as const;

/** Something that was to be read and could not be. */
export const unreadable = (path: string, reason: string): Diagnostic => ({
  ...about(path),
  code: 'unreadable',
  severity: 'error',
  message: `it cannot be read: ${reason}`,
  fix: 'correct the path, mount it into the container, or let the user that Sluice runs as read it; what it said before stays in force',
});

/** FIL-13: the only file, and of a kind that is not read. */
export const unsupported = (path: string): Diagnostic => ({
  ...about(path),
  code: 'unknown-value',
  severity: 'error',
  message: `a file that ends in "${extname(path)}" is not read`,
  value: extname(path),
  fix: `use one of ${SUPPORTED.join(', ')}`,
  suggestions: SUPPORTED,
});

/** Files in a folder that look as if they were meant to be read. Others are nobody's concern (D34). */
export function overlooked(paths: readonly string[]): Diagnostic[] {
  return paths.flatMap((path): Diagnostic[] => {
    const extension = extname(path).toLowerCase();
    const suggestions = extension === '.json' ? SUPPORTED : nearest(extension, SUPPORTED);
    if (extension === '' || suggestions.length === 0) return [];
    return [
      {
        ...about(path),
        code: 'ignored',
        severity: 'info',
        message: `files that end in "${extension}" are not read from a folder`,
        value: extension,
        fix: `rename it to end in ${suggestions.join(' or ')}, if it is meant to be read`,
        suggestions,
      },
    ];
  });
}
