import type { Figures, Live } from './answers.js';

/** What moves of one object. Rates in bytes per second. */
export interface Moving {
  readonly open: number;
  readonly fromClients: number;
  readonly toClients: number;
  readonly dialFailures: number;
  /** Of both ways together, oldest first, from the first that moved on. */
  readonly history: readonly number[];
}

export const AT_REST: Moving = {
  open: 0,
  fromClients: 0,
  toClients: 0,
  dialFailures: 0,
  history: [],
};

/** So many looks are remembered: two minutes. */
const REMEMBERED = 60;

interface Seen {
  readonly sent: number;
  readonly received: number;
  readonly moving: Moving;
}

/** Makes rates of totals, look by look. */
export class Rates {
  #seen = new Map<string, Seen>();
  #clockMs: number | undefined;

  /** What is not in `live` any more is forgotten. A clock that runs backwards is a new process. */
  look(live: Live): void {
    const isFirst = this.#clockMs === undefined || live.clockMs <= this.#clockMs;
    const seconds = isFirst ? 0 : (live.clockMs - (this.#clockMs ?? 0)) / 1_000;
    const before = isFirst ? new Map<string, Seen>() : this.#seen;
    const next = new Map<string, Seen>();
    for (const [id, figures] of figuresById(live)) {
      next.set(id, seen(figures, before.get(id), seconds));
    }
    next.set('all', seen(sum(Object.values(live.routers), live.open), before.get('all'), seconds));
    this.#seen = next;
    this.#clockMs = live.clockMs;
  }

  /** The ID of a node; `all`: what routers took, which leaves out whoever asks the API. */
  of(id: string): Moving {
    return this.#seen.get(id)?.moving ?? AT_REST;
  }
}

function seen(figures: Figures, before: Seen | undefined, seconds: number): Seen {
  const { open = 0, sent = 0, received = 0, dialFailures = 0 } = figures;
  // What was counted while nobody looked is in nobody's rate; what begins anew has none yet.
  const rate = (now: number, then: number) => (seconds > 0 ? Math.max(0, now - then) / seconds : 0);
  const fromClients = before ? rate(sent, before.sent) : 0;
  const toClients = before ? rate(received, before.received) : 0;
  const known = before?.moving.history ?? [];
  const both = fromClients + toClients;
  // Most of thousands never move.
  const history = known.length + both === 0 ? known : [...known, both].slice(-REMEMBERED);
  return { sent, received, moving: { open, fromClients, toClients, dialFailures, history } };
}

function sum(all: readonly Figures[], open: number): Figures {
  let sent = 0;
  let received = 0;
  for (const figures of all) {
    sent += figures.sent ?? 0;
    received += figures.received ?? 0;
  }
  return { open, sent, received };
}

function* figuresById(live: Live): Iterable<readonly [id: string, figures: Figures]> {
  for (const [name, figures] of Object.entries(live.entryPoints))
    yield [`entryPoint:${name}`, figures];
  for (const [name, figures] of Object.entries(live.routers)) yield [`router:${name}`, figures];
  for (const [name, service] of Object.entries(live.services)) {
    yield [`service:${name}`, service];
    for (const [address, figures] of Object.entries(service.servers)) {
      yield [`server:${name} ${address}`, figures];
    }
  }
}
