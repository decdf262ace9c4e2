/** What the registry needs to know of a session. */
export interface Registered {
  readonly id: number;
  readonly entryPoint: string;
}

/**
 * Every session of the process, by id: what drain, closing, the API and the shutdown work on.
 */
export class Sessions<S extends Registered> {
  readonly #open = new Map<number, S>();
  readonly #idle = new Map<string, () => void>();
  readonly #byEntryPoint = new Map<string, number>();
  #lastId = 0;
  #sockets = 0;

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  add(session: S): void {
    this.#open.set(session.id, session);
    this.#byEntryPoint.set(session.entryPoint, this.countOf(session.entryPoint) + 1);
  }

  remove(session: S): void {
    if (!this.#open.delete(session.id)) return;
    const left = this.countOf(session.entryPoint) - 1;
    this.#byEntryPoint.set(session.entryPoint, left);
    if (left === 0) this.#idle.get(session.entryPoint)?.();
  }

  /** Sockets that the sessions hold, clients' and servers' (D44). */
  get sockets(): number {
    return this.#sockets;
  }

  hold(sockets: number): void {
    this.#sockets += sockets;
  }

  countOf(entryPoint: string): number {
    return this.#byEntryPoint.get(entryPoint) ?? 0;
  }

  of(entryPoint: string): readonly S[] {
    return [...this.#open.values()].filter((session) => session.entryPoint === entryPoint);
  }

  list(): readonly S[] {
    return [...this.#open.values()];
  }

  /** Calls back once the entry point has no session left; at once if it has none. */
  whenIdle(entryPoint: string, callback: () => void): void {
    if (this.countOf(entryPoint) === 0) callback();
    else this.#idle.set(entryPoint, callback);
  }
}
