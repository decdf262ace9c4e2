import type { Place } from '../diagnostic.js';
import type { Node } from './tree.js';

/** What a parser found wrong, at an offset into the text that it was given. */
export interface SyntaxProblem {
  readonly severity: 'error' | 'warning';
  readonly offset: number;
  readonly message: string;
  readonly fix: string;
}

export interface Parsed {
  /** Undefined: the text cannot be read at all. */
  readonly node: Node | undefined;
  readonly problems: readonly SyntaxProblem[];
}

/** Turns an offset into a place of the document. */
export type Locate = (offset: number) => Place;
