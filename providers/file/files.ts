import { relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { decodeDocument, formatOf } from '../../src/config/decode/document.js';
import type { Diagnostic } from '../../src/config/diagnostic.js';
import { EMPTY_CONFIG } from '../../src/config/model.js';
import type { Part, Snapshot } from '../../src/config/provider.js';
import { overlooked, unreadable } from './findings.js';
import type { Found, Visited } from './visit.js';

interface Known {
  readonly text: string;
  readonly part: Part;
}

/** What is known of each file. A file whose text is the same keeps its part, as the same object. */
export class Files {
  readonly #env: Readonly<Record<string, string | undefined>>;
  #known: ReadonlyMap<string, Known> = new Map();
  #snapshot: Snapshot | undefined;

  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#env = env;
  }

  /** A file that is empty or gone may just be about to be written (D46). */
  isDoubtful({ found }: Visited): boolean {
    const texts = new Map(
      found.flatMap((file) => (file.kind === 'file' ? [[file.path, file.text]] : [])),
    );
    const isLost = (path: string) =>
      (texts.get(path) ?? '') === '' && !isBelowUnreadable(path, found);
    return [...this.#known].some(([path, { text }]) => text !== '' && isLost(path));
  }

  /** The same object as before if nothing changed. */
  update({ found, passedOver }: Visited): Snapshot {
    const next = new Map<string, Known>();
    const diagnostics: Diagnostic[] = overlooked(passedOver);
    for (const file of found) {
      if (file.kind === 'unreadable') {
        diagnostics.push(unreadable(file.path, file.reason));
        this.#keep(file.path, next);
      } else next.set(file.path, this.#read(file.path, file.text, next.size));
    }
    this.#known = next;
    const parts = [...next.values()].map(({ part }) => part);
    const before = this.#snapshot;
    const isSame =
      parts.length === before?.parts.length &&
      parts.every((part, index) => part === before.parts[index]) &&
      isDeepStrictEqual(diagnostics, before.diagnostics);
    if (!isSame || before === undefined) this.#snapshot = { parts, diagnostics };
    return this.#snapshot ?? { parts, diagnostics };
  }

  /** Of what cannot be read, and of all files below it, the last state stays. */
  #keep(path: string, next: Map<string, Known>): void {
    for (const [known, file] of this.#known) {
      if (isBelow(known, path)) {
        next.set(known, this.#read(known, file.text, next.size));
      }
    }
  }

  #read(path: string, text: string, since: number): Known {
    const before = this.#known.get(path);
    if (before?.text !== text) return { text, part: this.#decode(path, text, since, before) };
    const { part } = before;
    // Only its place in the order has changed, because files came or went before it.
    return part.owner.since === since
      ? before
      : { text, part: { ...part, owner: { ...part.owner, since } } };
  }

  #decode(path: string, text: string, since: number, before: Known | undefined): Part {
    const owner = { kind: 'file', id: path, name: path, since } as const;
    const { readable, config, diagnostics } = decodeDocument(text, {
      path,
      format: formatOf(path) ?? 'yaml',
      provider: 'file',
      env: this.#env,
    });
    if (readable) return { owner, config, diagnostics };
    // D9: of a file that cannot be parsed the last good content stays.
    const last = before?.part.config;
    return {
      owner,
      config: last ?? EMPTY_CONFIG,
      diagnostics: last === undefined ? diagnostics : diagnostics.map(staysInForce),
    };
  }
}

/** True of the folder itself too. Names that begin with `..` are never visited. */
const isBelow = (path: string, folder: string) => !relative(folder, path).startsWith('..');

const isBelowUnreadable = (path: string, found: readonly Found[]) =>
  found.some((file) => file.kind === 'unreadable' && isBelow(path, file.path));

const staysInForce = (finding: Diagnostic): Diagnostic =>
  finding.severity === 'error'
    ? {
        ...finding,
        fix: [
          ...(finding.fix === undefined ? [] : [finding.fix]),
          'until then the last good content of the file stays in force',
        ].join('; '),
      }
    : finding;
