/** What the registry needs to know of a session. */
export interface Registered {
  readonly id: number;
  readonly entryPoint: string;
}

/** Every session of the process, by id: what drain, closing, the API and the shutdown work on. */
export class Sessions<S extends Registered> {
  readonly #open = new Map<number, S>();
  readonly #byEntryPoint = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();
  #lastId = 0;

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  add(session: S): void {
    this.#open.set(session.id, session);
    this.#byEntryPoint.set(session.entryPoint, this.countOf(session.entryPoint) + 1);
  }

  /** False if it was removed before. */
  remove({ id, entryPoint }: S): boolean {
    if (!this.#open.delete(id)) return false;
    const left = this.countOf(entryPoint) - 1;
    this.#byEntryPoint.set(entryPoint, left);
    if (left === 0) this.#announceIdle(entryPoint);
    return true;
  }

  countOf(entryPoint: string): number {
    return this.#byEntryPoint.get(entryPoint) ?? 0;
  }

  of(entryPoint: string): readonly S[] {
    return [...this.#open.values()].filter((session) => session.entryPoint === entryPoint);
  }

  /** Resolves as soon as the entry point has no session. */
  idle(entryPoint: string): Promise<void> {
    if (this.countOf(entryPoint) === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(entryPoint) ?? [];
      this.#waiting.set(entryPoint, [...waiting, resolve]);
    });
  }

  #announceIdle(entryPoint: string): void {
    const waiting = this.#waiting.get(entryPoint);
    if (waiting === undefined) return;
    this.#waiting.delete(entryPoint);
    for (const resolve of waiting) resolve();
  }
}
