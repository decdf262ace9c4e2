import { isDeepStrictEqual } from 'node:util';
import type { Diagnostic } from '../../src/config/diagnostic.js';
import type { Part, Snapshot } from '../../src/config/provider.js';
import type { TellStory } from '../../src/config/story.js';
import type { Translation, TranslationContext } from './container.js';
import type { Container } from './inspected.js';
import { told } from './told.js';

/** What a translation depends on beside the container itself. */
export type Circumstances = Pick<TranslationContext, 'surroundings' | 'base' | 'hostAddress'> & {
  readonly isLeaving: boolean;
  /** Its age decides about a name (D10). */
  readonly isRival: boolean;
};

type Options = Pick<TranslationContext, 'provider' | 'options' | 'constraint'> & {
  /** Findings that hold whatever the engine says. */
  readonly standing: readonly Diagnostic[];
  readonly tell: TellStory | undefined;
};

interface Tracked extends Circumstances {
  readonly container: Container;
  readonly translation: Translation;
}

/** What containers say. One that did not change keeps its part, and the whole its snapshot, as the same object. */
export class Translations {
  readonly #options: Options;
  /** By the container's id. */
  readonly #tracked = new Map<string, Tracked>();
  /** Anything is other than in the last snapshot. */
  #isChanged = true;
  #snapshot: Snapshot | undefined;
  /** In it, beside what they say themselves. */
  #others: readonly Diagnostic[] = [];

  constructor(options: Options) {
    this.#options = options;
  }

  of(container: Container, circumstances: Circumstances): Translation {
    const { surroundings, base, hostAddress, isLeaving, isRival } = circumstances;
    const known = this.#tracked.get(container.id);
    if (
      known?.container === container &&
      known.isLeaving === isLeaving &&
      known.isRival === isRival &&
      known.base === base &&
      known.surroundings === surroundings &&
      known.hostAddress === hostAddress
    ) {
      return known.translation;
    }
    const { tell, standing: _, ...context } = this.#options;
    const read = told(container, { ...context, ...circumstances }, tell);
    const fresh = known === undefined || isRival ? read : aged(read, known.translation);
    const isSame = known !== undefined && isDeepStrictEqual(known.translation, fresh);
    const translation = isSame ? known.translation : fresh;
    this.#isChanged ||= !isSame;
    this.#tracked.set(container.id, { container, ...circumstances, translation });
    return translation;
  }

  /** True if the last snapshot had parts, and now nobody declares anything. */
  isEmptied(): boolean {
    if (this.#snapshot === undefined || this.#snapshot.parts.length === 0) return false;
    for (const { translation } of this.#tracked.values()) if (translation.part) return false;
    return true;
  }

  /** The container is not there any more. */
  forget(id: string): void {
    if (this.#tracked.delete(id)) this.#isChanged = true;
  }

  /** All that they say; the same object as before if nothing changed. */
  snapshot(others: readonly Diagnostic[] = []): Snapshot {
    const before = this.#snapshot;
    if (before && !this.#isChanged && isSameList(others, this.#others)) return before;
    const parts: Part[] = [];
    const diagnostics: Diagnostic[] = [...this.#options.standing];
    for (const { translation } of this.#tracked.values()) {
      if (translation.part) parts.push(translation.part);
      for (const diagnostic of translation.diagnostics) diagnostics.push(diagnostic);
    }
    for (const other of others) diagnostics.push(other);
    this.#others = others;
    this.#isChanged = false;
    const isSame =
      before && isSameList(parts, before.parts) && isSameList(diagnostics, before.diagnostics);
    const now = isSame ? before : { parts, diagnostics };
    this.#snapshot = now;
    return now;
  }
}

/** With the age that it had: where nothing hangs on it, one that is learnt changes nothing. */
function aged({ part, ...rest }: Translation, { part: known }: Translation): Translation {
  if (part === undefined || known === undefined) return { part, ...rest };
  return { part: { ...part, owner: { ...part.owner, since: known.owner.since } }, ...rest };
}

const isSameList = (a: readonly unknown[], b: readonly unknown[]) =>
  a.length === b.length && a.every((one, index) => one === b[index]);
