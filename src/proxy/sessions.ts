/** What the registry needs to know of a session. */
export interface Registered {
  readonly id: number;
  readonly entryPoint: string;
  /** The registry's own: where it keeps the session. */
  place: number;
}

const NOWHERE = -1;

/** The sessions of one entry point, in no order. */
interface Group<S> {
  readonly open: S[];
  waiting: (() => void)[];
}

/** Every session of the process: what drain, closing, the API and the shutdown work on. */
export class Sessions<S extends Registered> {
  /**
   * Arrays and not maps of sessions: a map that makes room leaves its old table behind, which names the
   * new one, so that V8 (13.6, Node 24) keeps every session of the past until its next full collection.
   */
  readonly #groups = new Map<string, Group<S>>();
  #lastId = 0;

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  add(session: S): void {
    const { open } = this.#groupOf(session.entryPoint);
    session.place = open.length;
    open.push(session);
  }

  /** False if it was removed before. */
  remove(session: S): boolean {
    const { place } = session;
    if (place === NOWHERE) return false;
    const group = this.#groupOf(session.entryPoint);
    const last = group.open.pop();
    if (last !== undefined && last !== session) {
      group.open[place] = last;
      last.place = place;
    }
    session.place = NOWHERE;
    if (group.open.length === 0) announceIdle(group);
    return true;
  }

  countOf(entryPoint: string): number {
    return this.#groupOf(entryPoint).open.length;
  }

  of(entryPoint: string): readonly S[] {
    return [...this.#groupOf(entryPoint).open];
  }

  all(): readonly S[] {
    return [...this.#groups.values()].flatMap(({ open }) => open);
  }

  /** Resolves as soon as the entry point has no session. */
  idle(entryPoint: string): Promise<void> {
    const group = this.#groupOf(entryPoint);
    if (group.open.length === 0) return Promise.resolve();
    return new Promise((resolve) => group.waiting.push(resolve));
  }

  #groupOf(entryPoint: string): Group<S> {
    const known = this.#groups.get(entryPoint);
    if (known) return known;
    const group: Group<S> = { open: [], waiting: [] };
    this.#groups.set(entryPoint, group);
    return group;
  }
}

function announceIdle<S>(group: Group<S>): void {
  const { waiting } = group;
  group.waiting = [];
  for (const resolve of waiting) resolve();
}
