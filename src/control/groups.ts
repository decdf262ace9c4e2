import type { Steps } from '../async/slices.js';
import { namesOf } from '../config/declared-names.js';
import type { Part } from '../config/provider.js';
import { olderFirst } from './order.js';

/**
 * Parts that declare a name in common, directly or through others, oldest first. A conflict and all
 * that follows from it stays within such a group, so that a group can be settled by itself.
 */
export function* grouped(parts: readonly Part[]): Steps<readonly (readonly [Part, ...Part[]])[]> {
  const firsts = new Map<string, Part>();
  const links = new Links();
  for (const part of parts) {
    yield;
    for (const name of namesOf(part)) {
      const first = firsts.get(name);
      if (first === undefined) firsts.set(name, part);
      else if (first !== part) links.join(first, part);
    }
  }
  const groups: [Part, ...Part[]][] = [];
  const shared = new Map<Part, [Part, ...Part[]]>();
  for (const part of parts) {
    yield;
    const top = links.topOf(part);
    const group = top && shared.get(top);
    if (group) {
      group.push(part);
      continue;
    }
    const fresh: [Part, ...Part[]] = [part];
    groups.push(fresh);
    if (top) shared.set(top, fresh);
  }
  for (const group of shared.values()) group.sort((a, b) => olderFirst(a.owner, b.owner));
  return groups;
}

/** Which parts belong together (union-find). */
class Links {
  readonly #above = new Map<Part, Part>();

  join(a: Part, b: Part): void {
    const [top, other] = [this.#top(a), this.#top(b)];
    this.#above.set(top, top);
    this.#above.set(other, top);
  }

  /** The same for all that belong together; undefined for a part that was joined with nobody. */
  topOf(part: Part): Part | undefined {
    return this.#above.has(part) ? this.#top(part) : undefined;
  }

  #top(part: Part): Part {
    let at = part;
    for (;;) {
      const next = this.#above.get(at) ?? at;
      if (next === at) return at;
      const over = this.#above.get(next) ?? next;
      // Halves the way for the next one.
      this.#above.set(at, over);
      at = over;
    }
  }
}
