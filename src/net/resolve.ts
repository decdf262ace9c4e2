import { lookup } from 'node:dns';
import { isIP } from 'node:net';

/** The addresses of a name, in the system's order, or why there are none. */
export type Resolved =
  | { readonly ok: true; readonly addresses: readonly string[] }
  | { readonly ok: false; readonly error: NodeJS.ErrnoException };

type Callback = (resolved: Resolved) => void;

/** How long an answer is kept (D47). */
const FRESH_MS = 1_000;

/** Names come from labels: no number of them may grow the process. */
const MOST_NAMES = 4_096;

interface Name {
  /** The last good answer. */
  addresses: readonly string[] | undefined;
  answeredAt: number;
  waiting: Callback[];
}

/**
 * Names of servers, resolved per dial: one query at a time per name, kept for a second, and the last
 * good answer when a query fails (D47).
 */
export class Resolver {
  readonly #now: () => number;
  readonly #query: typeof systemQuery;
  readonly #names = new Map<string, Name>();

  constructor(now: () => number, query: typeof systemQuery = systemQuery) {
    this.#now = now;
    this.#query = query;
  }

  /** Calls back at once for an address, or a name that was answered within the last second. */
  resolve(host: string, callback: Callback): void {
    if (isIP(host) !== 0) {
      callback({ ok: true, addresses: [host] });
      return;
    }
    const name = this.#nameOf(host);
    if (name.addresses && this.#now() - name.answeredAt < FRESH_MS) {
      callback({ ok: true, addresses: name.addresses });
      return;
    }
    name.waiting.push(callback);
    if (name.waiting.length === 1) {
      this.#query(host, (error, addresses) => this.#answered(name, error, addresses));
    }
  }

  #nameOf(host: string): Name {
    const known = this.#names.get(host);
    if (known) return known;
    if (this.#names.size >= MOST_NAMES) this.#forgetOldest();
    const name: Name = { addresses: undefined, answeredAt: -Infinity, waiting: [] };
    this.#names.set(host, name);
    return name;
  }

  #forgetOldest(): void {
    for (const [host, { waiting }] of this.#names) {
      if (waiting.length > 0) continue;
      this.#names.delete(host);
      return;
    }
  }

  #answered(name: Name, error: NodeJS.ErrnoException | null, found: readonly string[]): void {
    const { waiting } = name;
    name.waiting = [];
    if (!error && found.length > 0) {
      name.addresses = found;
      name.answeredAt = this.#now();
    }
    const resolved: Resolved = name.addresses
      ? { ok: true, addresses: name.addresses }
      : {
          ok: false,
          error: error ?? Object.assign(new Error('no address'), { code: 'ENOTFOUND' }),
        };
    for (const callback of waiting) callback(resolved);
  }
}

function systemQuery(
  host: string,
  callback: (error: NodeJS.ErrnoException | null, addresses: readonly string[]) => void,
): void {
  lookup(host, { all: true, verbatim: true }, (error, found) => {
    callback(error, error ? [] : found.map(({ address }) => address));
  });
}
