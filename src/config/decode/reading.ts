import type { Diagnostic, Finding, ObjectRef, Place } from '../diagnostic.js';
import type { Mode } from './tree.js';

/** One object while it is read: what is found goes to `diagnostics`, where things stand to `places`. */
export interface Reading {
  readonly mode: Mode;
  readonly provider: string | undefined;
  readonly object: ObjectRef | undefined;
  /** D8. */
  readonly allowPrivileged: boolean;
  readonly diagnostics: Diagnostic[];
  readonly places: Map<string, Place>;
  /** Options of Traefik's other halves that were written (D22), by path. */
  readonly foreign: Map<string, Place>;
}

/** A fresh reading of one object, or of what belongs to none. */
export function reading(
  of: Pick<Reading, 'mode' | 'provider' | 'object'> & { readonly allowPrivileged?: boolean },
): Reading {
  return { allowPrivileged: true, ...of, diagnostics: [], places: new Map(), foreign: new Map() };
}

/** Adds a finding about the object that is read. */
export function report(reading: Reading, finding: Finding): void {
  const { provider, object } = reading;
  reading.diagnostics.push({
    ...(provider !== undefined && { provider }),
    ...(object !== undefined && { object }),
    ...finding,
  });
}

/** A text in a sentence. */
export const quoted = (text: string | undefined) => JSON.stringify(cut(text ?? ''));

const LONGEST_SHOWN = 200;

/** A value as a finding shows it: never so long that a label could fill the log. */
export const cut = (text: string) =>
  text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
