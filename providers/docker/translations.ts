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
  #snapshot: Snapshot | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  of(container: Container, circumstances: Circumstances): Translation {
    const { surroundings, base, hostAddress, isLeaving } = circumstances;
    const known = this.#tracked.get(container.id);
    if (
      known?.container === container &&
      known.isLeaving === isLeaving &&
      known.base === base &&
      known.surroundings === surroundings &&
      known.hostAddress === hostAddress
    ) {
      return known.translation;
    }
    const { tell, standing: _, ...context } = this.#options;
    const fresh = told(container, { ...context, ...circumstances }, tell);
    const isSame = known !== undefined && isDeepStrictEqual(known.translation, fresh);
    const translation = isSame ? known.translation : fresh;
    this.#tracked.set(container.id, { container, ...circumstances, translation });
    return translation;
  }

  /** True if the last snapshot had parts. */
  get hadParts(): boolean {
    return (this.#snapshot?.parts.length ?? 0) > 0;
  }

  /** All that these say, who are all that there are; the same object as before if nothing changed. */
  snapshot(translations: ReadonlyMap<string, Translation>, others: Iterable<Diagnostic>): Snapshot {
    for (const id of this.#tracked.keys()) if (!translations.has(id)) this.#tracked.delete(id);
    const parts: Part[] = [];
    const diagnostics: Diagnostic[] = [...this.#options.standing];
    for (const translation of translations.values()) {
      if (translation.part) parts.push(translation.part);
      diagnostics.push(...translation.diagnostics);
    }
    diagnostics.push(...others);
    const before = this.#snapshot;
    const isSame =
      before && isSameList(parts, before.parts) && isSameList(diagnostics, before.diagnostics);
    if (!isSame) this.#snapshot = { parts, diagnostics };
    return this.#snapshot ?? { parts, diagnostics };
  }
}

const isSameList = (a: readonly unknown[], b: readonly unknown[]) =>
  a.length === b.length && a.every((one, index) => one === b[index]);
