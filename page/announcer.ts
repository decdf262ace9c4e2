/** Readers are told no more often than this: they read more slowly than we look. */
const PAUSE_MS = 4_000;
const MOST = 5;

/** Tells screen readers what has changed, at their pace. */
export class Announcer {
  readonly #region: HTMLElement;
  #waiting: string[] = [];
  #timer: number | undefined;

  /** An element with role `status`. */
  constructor(region: HTMLElement) {
    this.#region = region;
  }

  say(texts: readonly string[]): void {
    this.#waiting.push(...texts);
    if (this.#timer === undefined) this.#next();
  }

  readonly #next = (): void => {
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    const rest = this.#waiting.length - MOST;
    const texts = this.#waiting.slice(0, MOST);
    this.#waiting = [];
    this.#region.textContent = `${texts.join('. ')}${rest > 0 ? `. And ${rest} more` : ''}.`;
    this.#timer = window.setTimeout(this.#next, PAUSE_MS);
  };
}
