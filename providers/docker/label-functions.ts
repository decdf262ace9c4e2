import type { ConstraintFunction } from '../../src/config/constraints/constraints.js';
import { searchOf } from '../../src/config/constraints/pattern.js';

type Labels = ReadonlyMap<string, string>;

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
      const matches = searchOf(pattern);
      if (typeof matches === 'string') return matches;
      return (labels) => matches(labels.get(key) ?? '');
    },
  ],
]);
