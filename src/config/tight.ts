/** The one list for all that have none. */
export const NONE: readonly never[] = Object.freeze<never[]>([]);

/**
 * A list that is kept for long, in no more room than it needs: one that grew has room for seventeen, and all
 * that are empty are one and the same.
 */
export const tight = <T>(list: readonly T[]): readonly T[] =>
  list.length === 0 ? NONE : list.slice();
