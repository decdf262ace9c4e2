import type { Diagnostic, ObjectKind } from '../config/diagnostic.js';
import type { Declared } from '../config/model.js';
import type { Part } from '../config/provider.js';

/** One owner's declaration of a name. */
export interface Claim<T> {
  readonly part: Part;
  readonly declared: Declared<T>;
}

/** Who has a name: the claims that say the same, oldest first. */
export interface Holding<T> {
  readonly name: string;
  readonly claims: readonly [Claim<T>, ...Claim<T>[]];
  /** What the merge has to say about the object itself; an error disables it. */
  readonly findings: readonly Diagnostic[];
}

/** AGG-7; TLS options and stores called `default` stay unqualified (AGG-12). */
export function qualified(kind: ObjectKind, name: string, provider: string): string {
  const isBare = name === 'default' && (kind === 'tlsOptions' || kind === 'tlsStore');
  return isBare ? name : `${name}@${provider}`;
}
