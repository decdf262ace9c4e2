/** A source that comes back is found within this time (D13, D15); it is also as often as it is asked. */
const LONGEST_MS = 1_000;
const FIRST_MS = 100;

/** How long to wait after the n-th failure in a row, from 0: doubling, between half and the whole. */
export function backoff(
  failures: number,
  longest = LONGEST_MS,
  random: () => number = Math.random,
): number {
  const whole = Math.min(longest, FIRST_MS * 2 ** Math.min(failures, 10));
  // Jitter, so that many proxies do not come back to one agent at the same moment.
  return whole * (0.5 + random() / 2);
}
