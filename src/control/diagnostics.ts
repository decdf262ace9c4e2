import { createHash } from 'node:crypto';
import { formatPlace, type Diagnostic } from '../config/diagnostic.js';
import type { Logger } from './supervise.js';

/** A finding that holds now. `since` in ms since the epoch. */
export interface StandingDiagnostic extends Diagnostic {
  /** The same as long as it is the same finding about the same object at the same place. */
  readonly id: string;
  readonly since: number;
}

export interface DiagnosticChanges {
  readonly appeared: readonly StandingDiagnostic[];
  readonly gone: readonly StandingDiagnostic[];
}

/** The findings that hold now. Replaced whole; what stays keeps its `since`. */
export class DiagnosticStore {
  #standing: ReadonlyMap<string, StandingDiagnostic> = new Map();

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
    return { appeared, gone };
  }

  list(): readonly StandingDiagnostic[] {
    return [...this.#standing.values()];
  }
}

/** By object rather than by reference: a finding that is made anew each time is still the same. */
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

const LEVELS = { error: 'error', warning: 'warn', info: 'info' } as const;

/** Says each finding once when it appears and once when it goes. */
export function logChanges({ appeared, gone }: DiagnosticChanges, log: Logger): void {
  for (const diagnostic of appeared) {
    const { code, provider, object, at, value, fix, related } = diagnostic;
    log[LEVELS[diagnostic.severity]](
      {
        code,
        provider,
        object: object && `${object.kind} ${object.name}`,
        at: formatPlace(at),
        related: related?.map(formatPlace),
        value,
        fix,
      },
      diagnostic.message,
    );
  }
  for (const { code, at, message, severity } of gone) {
    const level = severity === 'info' ? 'debug' : 'info';
    log[level]({ code, at: formatPlace(at), was: message }, 'finding is gone');
  }
}
