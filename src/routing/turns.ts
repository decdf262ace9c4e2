/** Whose turn it is, of one among several; belongs to what is chosen, and outlives every table (D19). */
export class Turn {
  value = 0;
}

export interface TakesTurns {
  /** Above 0 where it takes part. */
  readonly weight: number;
  readonly turn: Turn;
}

/** Turns that differ by less are equal: shares are not exact. */
const ROUNDING = 1e-9;

/**
 * Smooth weighted round robin: each turn grows by its share, and falls by 1 when it comes. Shares rather
 * than weights, so that a turn means the same however many there are to choose from, and a change of one
 * is not felt by the others. Of equal turns the first comes.
 */
export function nextTurn<T extends TakesTurns>(candidates: readonly T[]): T | undefined {
  let sum = 0;
  for (const { weight } of candidates) sum += weight;
  let best: T | undefined;
  for (const candidate of candidates) {
    const { weight, turn } = candidate;
    turn.value += weight / sum;
    if (best === undefined || turn.value > best.turn.value + ROUNDING) best = candidate;
  }
  if (best !== undefined) best.turn.value -= 1;
  return best;
}
