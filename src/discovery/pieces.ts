import type { Diagnostic } from '../config/diagnostic.js';
import type { Part, Snapshot } from '../config/provider.js';

/** So many objects of the list before, from there on. */
interface Kept {
  readonly from: number;
  readonly count: number;
}

/** What comes next in a list: objects that were in it before, or new ones. */
export type Stretch<T> = Kept | { readonly added: readonly T[] };

/** A part of a snapshot, as what differs from the one before. All pieces in their order are all of it. */
export interface Piece {
  readonly parts: readonly Stretch<Part>[];
  readonly diagnostics: readonly Stretch<Diagnostic>[];
  /** Another one follows. */
  readonly more: boolean;
}

/** New objects in a piece: reading it takes the other thread some tenths of a millisecond. */
const ADDED = 32;

export const NOTHING: Snapshot = { parts: [], diagnostics: [] };

/** A snapshot for somebody who holds the one before: objects that both have (`===`) are only counted. */
export function* piecesOf(before: Snapshot, now: Snapshot): Generator<Piece, undefined, undefined> {
  const parts = stretchesOf(before.parts, now.parts);
  for (let next = parts.next(); next.done !== true;) {
    const piece = next.value;
    next = parts.next();
    if (next.done === true) yield* endsOf(piece, before, now);
    else yield { parts: piece, diagnostics: [], more: true };
  }
}

function* endsOf(parts: readonly Stretch<Part>[], before: Snapshot, now: Snapshot) {
  const diagnostics = stretchesOf(before.diagnostics, now.diagnostics);
  let first = parts;
  for (let next = diagnostics.next(); next.done !== true; first = []) {
    const piece = next.value;
    next = diagnostics.next();
    yield { parts: first, diagnostics: piece, more: next.done !== true };
  }
}

/** At least once, each time with no more than so many new objects. */
function* stretchesOf<T extends object>(before: readonly T[], now: readonly T[]) {
  const places = new Map(before.map((one, place) => [one, place]));
  let stretches: Stretch<T>[] = [];
  let added: T[] = [];
  let room = ADDED;
  for (let at = 0; at < now.length;) {
    const one = now[at] as T;
    const from = places.get(one);
    if (from === undefined) {
      if (room === 0) {
        yield stretches;
        [stretches, added, room] = [[], [], ADDED];
      }
      if (added.length === 0) stretches.push({ added });
      added.push(one);
      room -= 1;
      at += 1;
      continue;
    }
    added = [];
    let count = 1;
    while (at + count < now.length && before[from + count] === now[at + count]) count += 1;
    stretches.push({ from, count });
    at += count;
  }
  yield stretches;
}

/** Puts pieces together again. What was kept are the objects of the snapshot before. */
export class Assembly {
  readonly #before: Snapshot;
  readonly #parts: Part[] = [];
  readonly #diagnostics: Diagnostic[] = [];

  constructor(before: Snapshot) {
    this.#before = before;
  }

  /** The snapshot, with its last piece. */
  add(piece: Piece): Snapshot | undefined {
    const { parts, diagnostics } = this.#before;
    append(this.#parts, parts, piece.parts);
    append(this.#diagnostics, diagnostics, piece.diagnostics);
    return piece.more ? undefined : { parts: this.#parts, diagnostics: this.#diagnostics };
  }
}

function append<T>(list: T[], before: readonly T[], stretches: readonly Stretch<T>[]): void {
  for (const stretch of stretches) {
    const next =
      'added' in stretch ? stretch.added : before.slice(stretch.from, stretch.from + stretch.count);
    for (const one of next) list.push(one);
  }
}
