import { createHash } from 'node:crypto';
import type { Steps } from '../async/slices.js';
import { formatPlace, type Diagnostic } from '../config/diagnostic.js';
import type { Logger } from '../telemetry/log.js';

/** A finding that holds now. */
export interface StandingDiagnostic extends Diagnostic {
  /** The same as long as it is the same finding about the same object at the same place. */
  readonly id: string;
  /** In ms since the epoch. */
  readonly since: number;
}

export interface DiagnosticChanges {
  readonly appeared: readonly StandingDiagnostic[];
  readonly gone: readonly StandingDiagnostic[];
}

/** The findings that hold now (D42). Replaced whole; what stays keeps its `since`. */
export class DiagnosticStore {
  #standing: ReadonlyMap<string, StandingDiagnostic> = new Map();
  #changes = 0;

  replace(found: readonly Diagnostic[], now: number): DiagnosticChanges {
    const next = new Map<string, StandingDiagnostic>();
    const appeared: StandingDiagnostic[] = [];
    for (const diagnostic of found) {
      const id = idOf(diagnostic);
      if (next.has(id)) continue;
      const before = this.#standing.get(id);
      const standing = { ...diagnostic, id, since: before?.since ?? now };
      next.set(id, standing);
      if (before === undefined) appeared.push(standing);
    }
    const gone = [...this.#standing.values()].filter(({ id }) => !next.has(id));
    this.#standing = next;
    if (appeared.length > 0 || gone.length > 0) this.#changes += 1;
    return { appeared, gone };
  }

  /** How often other findings came to hold: whoever has read them reads them again when it has grown. */
  changes(): number {
    return this.#changes;
  }

  /** In the order in which they were found. */
  list(): readonly StandingDiagnostic[] {
    return [...this.#standing.values()];
  }
}

/** What is found again is mostly the same object, and hashing costs. */
const ids = new WeakMap<Diagnostic, string>();

function idOf(diagnostic: Diagnostic): string {
  const known = ids.get(diagnostic);
  if (known !== undefined) return known;
  const { code, object, at, message } = diagnostic;
  const text = JSON.stringify([code, object?.kind, object?.name, formatPlace(at), message]);
  const id = createHash('sha256').update(text).digest('hex').slice(0, 16);
  ids.set(diagnostic, id);
  return id;
}

/** What `replace` has to know of each, in steps: of thousands at once it would hold up the event loop. */
export function* identified(found: Iterable<Diagnostic>): Steps<undefined> {
  for (const diagnostic of found) {
    yield;
    idOf(diagnostic);
  }
}

const LEVELS = { error: 'error', warning: 'warn', info: 'info' } as const;

/** Labels are untrusted, and a log line is for reading; the API has the whole. */
const MOST_CHARACTERS = 200;

/** Says each finding once when it appears and once when it goes, in steps. */
export function* logChanges({ appeared, gone }: DiagnosticChanges, log: Logger): Steps<undefined> {
  for (const diagnostic of appeared) {
    yield;
    const { code, provider, object, at, value, fix, related } = diagnostic;
    log[LEVELS[diagnostic.severity]](
      {
        code,
        provider,
        object: object && cut(`${object.kind} ${object.name}`),
        at: cut(formatPlace(at)),
        related: related?.map((place) => cut(formatPlace(place))),
        value: value === undefined ? undefined : cut(value),
        fix,
      },
      cut(diagnostic.message),
    );
  }
  for (const { code, at, message, severity } of gone) {
    yield;
    const level = severity === 'info' ? 'debug' : 'info';
    log[level]({ code, at: cut(formatPlace(at)), was: cut(message) }, 'finding is gone');
  }
}

const cut = (text: string) =>
  text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}…`;
