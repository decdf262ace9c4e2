/** What was started. Only for `cancel`. */
export type TimerHandle = object;

/** Deadlines on a monotonic clock, in milliseconds; injected, so that src/net starts no timer of its own. */
export interface Timers<H extends TimerHandle = TimerHandle> {
  start<T>(ms: number, expire: (argument: T) => void, argument: T): H;
  cancel(handle: H): void;
  now(): number;
}
