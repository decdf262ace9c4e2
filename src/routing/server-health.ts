import type { HealthCheck } from './health-check.js';

/** What checks say: `unknown` until the first result. */
export type CheckStatus = 'unknown' | 'up' | 'down';

/** D36. */
const FAILURE_WINDOW_MS = 10_000;
const MAX_FAILED_ATTEMPTS = 3;

/**
 * What is known of a server's health: from checks, and from what connections met with. Belongs to the
 * server, and outlives every table (D19). Times are those of the caller, in ms.
 */
export class ServerHealth {
  #check: HealthCheck | undefined;
  #failureWindow = FAILURE_WINDOW_MS;
  #maxFailedAttempts = MAX_FAILED_ATTEMPTS;
  #status: CheckStatus = 'unknown';
  /** Results in a row that are against the status. */
  #streak = 0;
  readonly #dials = new Failures();
  readonly #answers = new Failures();
  /** Set: it is out, and tried again from then on. */
  #outUntil: number | undefined;
  /** Why: what it takes to be back. */
  #outBy: Failures | undefined;
  /** Who dials it to see whether it is back. */
  readonly #trials = new Set<object>();

  /**
   * What was found by another check is forgotten. Failed connections count together within
   * `failureWindow` (ms), and a server that they took out is tried again after it.
   */
  configure(
    check: HealthCheck | undefined,
    failureWindow = FAILURE_WINDOW_MS,
    maxFailedAttempts = MAX_FAILED_ATTEMPTS,
  ): void {
    this.#failureWindow = failureWindow;
    this.#maxFailedAttempts = maxFailedAttempts;
    if (this.#check === check) return;
    this.#check = check;
    this.#status = 'unknown';
    this.#streak = 0;
  }

  /** Undefined: it is not checked. */
  get status(): CheckStatus | undefined {
    return this.#check && this.#status;
  }

  /** As the API shows it. */
  get isUp(): boolean {
    return this.#status !== 'down' && this.#outUntil === undefined;
  }

  /** Whether connections should go elsewhere. Once the time is over, one may try. */
  isOut(now: number): boolean {
    return this.#outUntil !== undefined && (now < this.#outUntil || this.#trials.size > 0);
  }

  /** The result of a check. True: the status is another one now. */
  checked(isGood: boolean): boolean {
    if (isGood) {
      this.#dials.reset();
      // Who was only connected to has not shown that he answers.
      if (this.#check && hearsAnswers(this.#check)) this.#answers.reset();
      this.#bringBack();
    }
    const result = isGood ? 'up' : 'down';
    const isNews = this.#status !== result;
    this.#streak = isNews ? this.#streak + 1 : 0;
    const { rise = 1, fall = 1 } = this.#check ?? {};
    const needed = this.#status === 'unknown' ? 1 : isGood ? rise : fall;
    if (!isNews || this.#streak < needed) return false;
    this.#status = result;
    this.#streak = 0;
    return true;
  }

  /** Somebody dials it. One of the next three is called, by the same, when that is over. */
  dialling(by: object): void {
    if (this.#outUntil !== undefined) this.#trials.add(by);
  }

  reached(by: object, now: number): void {
    const isTrial = this.#trials.delete(by);
    this.#dials.reset();
    if (this.#outBy === this.#dials) this.#bringBack();
    // That it accepts proves nothing. The next one may try when this one has had as much time to be answered.
    else if (isTrial) this.#outUntil = now + this.#failureWindow;
  }

  failed(by: object, now: number): void {
    this.#trials.delete(by);
    this.#failed(this.#dials, now);
  }

  /** The dial says nothing about the server. */
  undecided(by: object): void {
    this.#trials.delete(by);
  }

  /** A connection is over in which it said something. */
  answered(): void {
    this.#answers.reset();
    if (this.#outBy === this.#answers) this.#bringBack();
  }

  /** It accepted a connection and ended it without a byte: a failure where it is checked, too (D16). */
  saidNothing(now: number): void {
    if (this.#check !== undefined) this.#failed(this.#answers, now);
  }

  #failed(failures: Failures, now: number): void {
    const count = failures.add(now, this.#failureWindow);
    if (this.#outUntil === undefined && count < this.#maxFailedAttempts) return;
    this.#outUntil = now + this.#failureWindow;
    this.#outBy = failures;
  }

  #bringBack(): void {
    this.#outUntil = undefined;
    this.#outBy = undefined;
    this.#trials.clear();
  }
}

const hearsAnswers = ({ question }: HealthCheck) =>
  question.kind === 'http' || question.expect.length > 0;

/** Failures in a row, as far as they are near one another in time. */
class Failures {
  #count = 0;
  #since = 0;

  add(now: number, window: number): number {
    if (now - this.#since > window) this.#count = 0;
    if (this.#count === 0) this.#since = now;
    this.#count += 1;
    return this.#count;
  }

  reset(): void {
    this.#count = 0;
  }
}
