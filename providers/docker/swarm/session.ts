import type { Readable } from 'node:stream';
import { delay } from '../../../src/async/delay.js';
import { Pulse } from '../../../src/async/pulse.js';
import type { Snapshot } from '../../../src/config/provider.js';
import { StreamEnded } from '../follow.js';
import { forEachLine } from '../lines.js';
import type { SwarmApi } from './api.js';
import { isOfSwarm } from './event.js';
import type { Services } from './services.js';

/** Milliseconds. */
export interface SwarmTimes {
  /** After an event or a change the next reading is so soon, and from then on at twice the time each. */
  readonly soon: number;
  /** While a service is updated no two readings are further apart. */
  readonly updating: number;
  /** Between two readings, however many events there are. */
  readonly rest: number;
  /** A list that is empty right after a reconnect may be that of a manager that has not loaded yet. */
  readonly confirmEmpty: number;
  /** An event stream that lived for this long was sound: its end alone is no loss of the engine. */
  readonly steady: number;
}

/**
 * One connection to a manager, from its subscription to its loss. Events say that something changes;
 * when a task then starts or ends nobody says, so that it is read again, soon at first.
 */
export class SwarmSession {
  readonly #api: SwarmApi;
  readonly #services: Services;
  readonly #times: SwarmTimes;
  /** The longest time between two readings. */
  readonly #refreshInterval: number;
  readonly #pulse = new Pulse();
  #isStirred = false;

  constructor(
    api: SwarmApi,
    events: Readable,
    services: Services,
    { refreshInterval, times }: { readonly refreshInterval: number; readonly times: SwarmTimes },
  ) {
    this.#api = api;
    this.#services = services;
    this.#times = times;
    this.#refreshInterval = refreshInterval;
    forEachLine(events, (line) => {
      if (isOfSwarm(line)) this.refresh();
    });
    // They stay after the end: a stream that is destroyed may still fail.
    events.on('error', (error) => this.#pulse.end(new StreamEnded(error)));
    events.on('close', () => this.#pulse.end(new StreamEnded()));
  }

  refresh(): void {
    this.#isStirred = true;
    this.#pulse.set();
  }

  async *snapshots(signal: AbortSignal): AsyncGenerator<Snapshot> {
    const { soon, updating, rest, confirmEmpty } = this.#times;
    const aborted = () => this.#pulse.end();
    signal.addEventListener('abort', aborted);
    let timer: NodeJS.Timeout | undefined;
    let wait = soon;
    const readLater = () => {
      timer = setTimeout(() => this.#pulse.set(), Math.min(wait, this.#refreshInterval));
    };
    try {
      await this.#services.list(this.#api, signal);
      if (this.#services.isEmptied()) {
        await delay(confirmEmpty, signal);
        await this.#services.list(this.#api, signal);
      }
      yield this.#services.snapshot();
      readLater();
      for await (const _ of this.#pulse) {
        clearTimeout(timer);
        const isStirred = this.#isStirred;
        this.#isStirred = false;
        const { isChanged, isUpdating } = await this.#services.list(this.#api, signal);
        const longest = isUpdating ? updating : this.#refreshInterval;
        wait = isStirred || isChanged ? soon : Math.min(wait * 2, longest);
        yield this.#services.snapshot();
        await delay(rest, signal);
        readLater();
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
    }
  }
}
