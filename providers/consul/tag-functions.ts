import type { ConstraintFunction } from '../../src/config/constraints/constraints.js';
import { searchOf } from '../../src/config/constraints/pattern.js';

/** The tags of an instance, as they are written: with the prefix. */
export type Tags = ReadonlySet<string>;

/** CNS-12: what a constraint can ask of an instance's tags. */
export const TAG_FUNCTIONS: ReadonlyMap<string, ConstraintFunction<Tags>> = new Map<
  string,
  ConstraintFunction<Tags>
>([
  [
    'Tag',
    ([tag, ...others]) =>
      tag === undefined || others.length > 0 ? 'Tag takes one tag' : (tags) => tags.has(tag),
  ],
  [
    'TagRegex',
    ([pattern, ...others]) => {
      if (pattern === undefined || others.length > 0) return 'TagRegex takes one pattern';
      const matches = searchOf(pattern);
      return typeof matches === 'string' ? matches : (tags) => [...tags].some(matches);
    },
  ],
]);
