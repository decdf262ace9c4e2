import type { Readable } from 'node:stream';
import { delay } from '../../src/async/delay.js';
import { Pulse } from '../../src/async/pulse.js';
import type { Snapshot } from '../../src/config/provider.js';
import type { DockerApi } from './api.js';
import type { Containers } from './containers.js';
import { changeOf, type Change, type Kill } from './event.js';
import { StreamEnded } from './follow.js';
import { forEachLine } from './lines.js';

/** Milliseconds. */
export interface SessionTimes {
  /** Events are hints: whatever they missed is found by the next full list (D13). */
  readonly fullList: number;
  /**
   * Docker tells of some changes before its list shows them: what it told of just before the subscription is
   * found by a second list so long after the first.
   */
  readonly settle: number;
  /** A list that is empty right after a reconnect may be that of an engine that has not loaded yet. */
  readonly confirmEmpty: number;
  /** A container that could not be inspected is asked about again. */
  readonly retryInspect: number;
  /** An event may come this much later than the list that shows its effect. */
  readonly eventDelay: number;
  /** An event stream that lived for this long was sound: its end alone is no loss of the engine. */
  readonly steady: number;
  /** A container that is to end and runs on for so much longer than its stop timeout is used again (D30). */
  readonly stopGrace: number;
}

/** One connection to the engine, from its subscription to its loss. */
export class Session {
  readonly #api: DockerApi;
  readonly #containers: Containers;
  readonly #times: SessionTimes;
  readonly #pulse = new Pulse();
  /** Containers that events told of since they were looked at. */
  readonly #marked = new Set<string>();
  /** All that events told of since the last full list was compared with them. */
  readonly #heard = new Set<string>();
  /** Of containers that have to be inspected before anybody knows what their signals mean. */
  #kills: { readonly id: string; readonly kill: Kill }[] = [];
  /** Changes that a list showed and no event told of. */
  readonly #unheard = new Set<string>();
  #isListDue = false;
  /** Events may have come before the subscription whose effect the next list is the first to show. */
  #isSettling = true;
  #isListing = true;
  #isRetryDue = false;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(api: DockerApi, events: Readable, containers: Containers, times: SessionTimes) {
    this.#api = api;
    this.#containers = containers;
    this.#times = times;
    forEachLine(events, (line) => this.#hear(line));
    // They stay after the end: a stream that is destroyed may still fail.
    events.on('error', (error) => this.#pulse.end(new StreamEnded(error)));
    events.on('close', () => this.#pulse.end(new StreamEnded()));
  }

  /** Has everything looked at again. */
  refresh(): void {
    this.#isListDue = true;
    this.#pulse.set();
  }

  /** What is known, and again after each change. Throws when the engine is lost or its events are silent. */
  async *snapshots(signal: AbortSignal): AsyncGenerator<Snapshot> {
    const aborted = () => this.#pulse.end();
    signal.addEventListener('abort', aborted);
    const due = setInterval(() => this.refresh(), this.#times.fullList);
    try {
      await this.#listFirst(signal);
      yield this.#containers.snapshot();
      for await (const _ of this.#pulse) {
        const kills = this.#kills;
        this.#kills = [];
        for (const { id } of kills) this.#marked.add(id);
        if (this.#isListDue) await this.#listAgain(signal);
        else await this.#containers.inspect(this.#api, this.#takeMarked(), signal);
        for (const { id, kill } of kills) this.#killed(id, kill);
        this.#retryLater();
        yield this.#containers.snapshot();
      }
    } finally {
      clearInterval(due);
      for (const timer of this.#timers) clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
    }
  }

  #hear(line: string): void {
    const change = changeOf(line);
    if (change === undefined) return;
    if (change.kill !== undefined) {
      this.#signalled(change, change.kill);
      return;
    }
    this.#heard.add(change.id);
    this.#unheard.delete(change.id);
    // While everything is looked at, what concerns us is not known yet.
    if (!this.#isListing && !this.#containers.concerns(change)) return;
    this.#marked.add(change.id);
    this.#pulse.set();
  }

  #signalled(change: Change, kill: Kill): void {
    const { id } = change;
    if (this.#containers.isInspected(id)) {
      this.#killed(id, kill);
      return;
    }
    if (!this.#isListing && !this.#containers.concerns(change)) return;
    this.#kills.push({ id, kill });
    this.#pulse.set();
  }

  /** It will be looked at when it dies; that it is about to must be known before. */
  #killed(id: string, kill: Kill): void {
    const timeout = this.#containers.killed(id, kill, this.#times.stopGrace);
    if (timeout === undefined) return;
    this.#pulse.set();
    // Node's timers may fire a millisecond early, and nobody looks a second time.
    if (timeout < Infinity) this.#after(timeout + 2, () => this.#pulse.set());
  }

  async #listFirst(signal: AbortSignal): Promise<void> {
    await this.#list(signal);
    if (this.#containers.isEmptied()) {
      await delay(this.#times.confirmEmpty, signal);
      await this.#list(signal);
    }
    this.#heard.clear();
    this.#retryLater();
    this.#after(this.#times.settle, () => this.refresh());
  }

  async #listAgain(signal: AbortSignal): Promise<void> {
    this.#isListDue = false;
    const changed = await this.#list(signal, this.#takeMarked());
    const missed = this.#isSettling ? [] : changed.filter((id) => !this.#heard.has(id));
    this.#isSettling = false;
    this.#heard.clear();
    for (const id of missed) this.#unheard.add(id);
    if (missed.length > 0) this.#after(this.#times.eventDelay, () => this.#checkHeard(missed));
  }

  async #list(signal: AbortSignal, of?: readonly string[]): Promise<readonly string[]> {
    this.#isListing = true;
    const changed = await this.#containers.list(this.#api, signal, of);
    this.#isListing = false;
    return changed;
  }

  /** A stream can die without a word, and then it is silent for ever. */
  #checkHeard(missed: readonly string[]): void {
    const { length } = missed.filter((id) => this.#unheard.has(id));
    if (length === 0) return;
    this.#pulse.end(
      new Error(`the event stream is silent: it missed changes of ${length} containers`),
    );
  }

  #takeMarked(): readonly string[] {
    const ids = [...this.#marked];
    this.#marked.clear();
    return ids;
  }

  #retryLater(): void {
    if (this.#isRetryDue || this.#containers.failed.length === 0) return;
    this.#isRetryDue = true;
    this.#after(this.#times.retryInspect, () => {
      this.#isRetryDue = false;
      for (const id of this.#containers.failed) this.#marked.add(id);
      this.#pulse.set();
    });
  }

  #after(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }
}
