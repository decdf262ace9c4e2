import { lookup } from 'node:dns';
import { isIP, isIPv4 } from 'node:net';
import type { TimerHandle, Timers } from './timers.js';

/** The addresses of a name (never none), in the order to try them, or why there are none. */
export type Resolved =
  | { readonly ok: true; readonly addresses: readonly string[] }
  | { readonly ok: false; readonly error: NodeJS.ErrnoException };

type Callback = (resolved: Resolved) => void;

type Query = (
  name: string,
  callback: (error: NodeJS.ErrnoException | null, addresses: readonly string[]) => void,
) => void;

/** How long an answer is kept (D47). */
const FRESH_MS = 1_000;

/** A query that takes longer counts as failed for those who wait, if there was a good answer before. */
const LATE_MS = 1_000;

/** Names come from labels: no number of them, and no number of their addresses, may grow the process. */
const MOST_NAMES = 4_096;
const MOST_ADDRESSES = 16;

/**
 * Each query holds one of libuv's four threads, for many seconds when a name server is silent, and
 * one of them must stay free for files.
 */
const MOST_QUERIES = 3;

/** An empty host is this machine (data-plane 5.6). */
const LOCAL = ['127.0.0.1', '::1'];

interface Name {
  readonly host: string;
  /** The last good answer. */
  addresses: readonly string[] | undefined;
  answeredAt: number;
  waiting: Callback[];
  late: TimerHandle | undefined;
  isAsked: boolean;
}

/**
 * Names of servers, resolved per dial: one query at a time per name, kept for a second, and the last
 * good answer when a query fails or is late (D47).
 */
export class Resolver {
  readonly #timers: Timers;
  readonly #query: Query;
  readonly #names = new Map<string, Name>();
  readonly #queue: Name[] = [];
  #queries = 0;

  constructor(timers: Timers, query: Query = systemQuery) {
    this.#timers = timers;
    this.#query = query;
  }

  /** Calls back at once for an address, or a name that was answered within the last second. */
  resolve(host: string, callback: Callback): void {
    if (isIP(host) !== 0) {
      callback({ ok: true, addresses: [host] });
      return;
    }
    if (host === '') {
      callback({ ok: true, addresses: LOCAL });
      return;
    }
    const name = this.#nameOf(host);
    if (name.addresses && this.#timers.now() - name.answeredAt < FRESH_MS) {
      callback({ ok: true, addresses: name.addresses });
      return;
    }
    name.waiting.push(callback);
    if (name.addresses) name.late ??= this.#timers.start(LATE_MS, late, name);
    if (name.isAsked) return;
    name.isAsked = true;
    this.#queue.push(name);
    this.#ask();
  }

  #ask(): void {
    while (this.#queries < MOST_QUERIES) {
      const name = this.#queue.shift();
      if (name === undefined) return;
      this.#queries += 1;
      this.#query(name.host, (error, addresses) => this.#answered(name, error, addresses));
    }
  }

  #nameOf(host: string): Name {
    const known = this.#names.get(host);
    if (known) return known;
    if (this.#names.size >= MOST_NAMES) this.#forgetOldest();
    const name: Name = {
      host,
      addresses: undefined,
      answeredAt: -Infinity,
      waiting: [],
      late: undefined,
      isAsked: false,
    };
    this.#names.set(host, name);
    return name;
  }

  #forgetOldest(): void {
    for (const [host, { isAsked }] of this.#names) {
      if (isAsked) continue;
      this.#names.delete(host);
      return;
    }
  }

  #answered(name: Name, error: NodeJS.ErrnoException | null, found: readonly string[]): void {
    this.#queries -= 1;
    name.isAsked = false;
    if (name.late) this.#timers.cancel(name.late);
    name.late = undefined;
    if (!error && found.length > 0) {
      name.addresses = alternate(found).slice(0, MOST_ADDRESSES);
      name.answeredAt = this.#timers.now();
      // The order of the map is the order in which names were last answered.
      this.#names.delete(name.host);
      this.#names.set(name.host, name);
    }
    answer(name, error ?? Object.assign(new Error('no address'), { code: 'ENOTFOUND' }));
    this.#ask();
  }
}

function answer(name: Name, error: NodeJS.ErrnoException): void {
  const { addresses, waiting } = name;
  name.waiting = [];
  const resolved: Resolved = addresses ? { ok: true, addresses } : { ok: false, error };
  for (const callback of waiting) callback(resolved);
}

/** Whoever waits gets the last good answer; the query goes on, and its answer is kept. */
function late(name: Name): void {
  name.late = undefined;
  answer(name, Object.assign(new Error('no answer'), { code: 'EAI_AGAIN' }));
}

/**
 * The families in turn, beginning with the one that the system prefers: where one of them leads
 * nowhere, the second attempt goes to the other (RFC 8305, 4).
 */
function alternate(addresses: readonly string[]): readonly string[] {
  const isPreferredIPv4 = isIPv4(addresses[0] ?? '');
  const preferred = addresses.filter((address) => isIPv4(address) === isPreferredIPv4);
  const others = addresses.filter((address) => isIPv4(address) !== isPreferredIPv4);
  return Array.from({ length: Math.max(preferred.length, others.length) }, (_, index) => [
    ...preferred.slice(index, index + 1),
    ...others.slice(index, index + 1),
  ]).flat();
}

function systemQuery(host: string, callback: Parameters<Query>[1]): void {
  lookup(host, { all: true, verbatim: true }, (error, found) => {
    callback(error, error ? [] : found.map(({ address }) => address));
  });
}
