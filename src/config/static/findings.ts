import type { Diagnostic, Place } from '../diagnostic.js';

/** `at` only where it is not the option's own place. */
type Said = Omit<Diagnostic, 'severity' | 'at' | 'object'> & { readonly at?: Place };

/** What is found about options beyond the type of each, by the option's path. */
export class Findings {
  readonly list: Diagnostic[] = [];
  readonly #places: ReadonlyMap<string, Place>;

  constructor(places: ReadonlyMap<string, Place>) {
    this.#places = places;
  }

  /** Where an option was written. */
  placeOf(path: string): Place | undefined {
    return this.#places.get(path);
  }

  isWritten(path: string): boolean {
    return this.#places.has(path);
  }

  error(path: string, said: Said): void {
    this.#add('error', path, said);
  }

  warning(path: string, said: Said): void {
    this.#add('warning', path, said);
  }

  info(path: string, said: Said): void {
    this.#add('info', path, said);
  }

  #add(severity: Diagnostic['severity'], path: string, said: Said): void {
    const at = this.placeOf(path) ?? { kind: 'static', option: path, source: 'default' };
    this.list.push({ severity, object: { kind: 'option', name: path }, at, ...said });
  }
}
