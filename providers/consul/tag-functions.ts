import { RE2JS } from 're2js';
import type { ConstraintFunction } from '../../src/config/constraints/constraints.js';
import type { Tags } from './instance.js';

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
      const compiled = compile(pattern);
      return (tags) => [...tags].some((tag) => compiled?.matcher(tag).find() ?? false);
    },
  ],
]);

/** Linear time, whatever the pattern (D24); one that cannot be read matches nothing. */
function compile(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
}
