import { END_REASONS, type Ender, type EndReason, type Phase } from './end-reasons.js';

/** A reason, or all of a phase or of who ended it. */
export type EndClass = EndReason | Phase | Ender;

const REASONS = Object.entries(END_REASONS) as readonly (readonly [
  EndReason,
  { readonly phase: Phase; readonly by: Ender },
])[];

/** The words that a filter may name. */
export const END_CLASSES: readonly EndClass[] = [
  ...new Set(REASONS.flatMap(([reason, { phase, by }]): EndClass[] => [phase, by, reason])),
].sort();

/** The reasons that some of these words stand for. */
export function reasonsOf(classes: readonly EndClass[]): ReadonlySet<EndReason> {
  const named: ReadonlySet<EndClass> = new Set(classes);
  return new Set(
    REASONS.filter(
      ([reason, { phase, by }]) => named.has(reason) || named.has(phase) || named.has(by),
    ).map(([reason]) => reason),
  );
}
