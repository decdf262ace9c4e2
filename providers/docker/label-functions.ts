import { RE2JS } from 're2js';
import type { ConstraintFunction } from '../../src/config/constraints/constraints.js';
import type { Labels } from './container.js';

/** DKR-25: what a constraint can ask of a container's labels. */
export const LABEL_FUNCTIONS: ReadonlyMap<string, ConstraintFunction<Labels>> = new Map<
  string,
  ConstraintFunction<Labels>
>([
  [
    'Label',
    (args) => {
      const [key, value] = args;
      if (key === undefined || value === undefined || args.length > 2)
        return 'Label takes a key and a value';
      return (labels) => (labels.get(key) ?? '') === value;
    },
  ],
  [
    'LabelRegex',
    (args) => {
      const [key, pattern] = args;
      if (key === undefined || pattern === undefined || args.length > 2)
        return 'LabelRegex takes a key and a pattern';
      const compiled = compile(pattern);
      // DKR-25: a pattern that cannot be read matches nothing.
      return (labels) => compiled?.matcher(labels.get(key) ?? '').find() ?? false;
    },
  ],
]);

/** Linear time, whatever the pattern (D24). */
function compile(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
}
