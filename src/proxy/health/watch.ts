import type { TimerHandle } from '../../net/timers.js';
import type { CheckedService } from '../../routing/checked-service.js';
import type { Member } from '../../routing/service.js';
import type { Verdict } from './answer.js';
import { Check, type CheckOptions } from './check.js';
import type { Slots } from './slots.js';

export interface WatchOptions extends CheckOptions {
  readonly slots: Slots;
  /** From 0 to 1. */
  readonly random: () => number;
  /** After each check that found something out. `wasUp`: as shown before. */
  readonly checked: (
    service: CheckedService,
    member: Member,
    verdict: Verdict,
    wasUp: boolean,
  ) => void;
}

/** Checks are spread over a fifth of their interval, in steps: timers of one length are cheap. */
const JITTER_STEPS = 21;

/** Checks one server again and again, for the first time at once. */
export class Watch {
  readonly #options: WatchOptions;
  #service: CheckedService;
  #member: Member;
  #check: Check | undefined;
  #timer: TimerHandle | undefined;

  constructor(service: CheckedService, member: Member, options: WatchOptions) {
    this.#service = service;
    this.#member = member;
    this.#options = options;
  }

  start(): void {
    this.#options.slots.ask(this.#begin);
  }

  /** From the next check on it is reached in this way. */
  update(service: CheckedService, member: Member): void {
    this.#service = service;
    this.#member = member;
  }

  stop(): void {
    const { slots, timers } = this.#options;
    slots.forget(this.#begin);
    if (this.#timer) timers.cancel(this.#timer);
    this.#timer = undefined;
    if (this.#check === undefined) return;
    this.#check.cancel();
    this.#check = undefined;
    slots.free();
  }

  readonly #begin = (): void => {
    this.#check = new Check(this.#service, this.#member, this.#options, this.#done);
    this.#check.start();
  };

  readonly #done = (verdict: Verdict): void => {
    const { slots, timers, random, checked } = this.#options;
    const { interval, unhealthyInterval } = this.#service.check;
    const { health } = this.#member.server;
    this.#check = undefined;
    slots.free();
    if (verdict.result !== 'undecided') {
      const wasUp = health.isUp;
      health.checked(verdict.result === 'good');
      checked(this.#service, this.#member, verdict, wasUp);
    }
    const wait = health.status === 'down' ? unhealthyInterval : interval;
    const percent = 90 + Math.floor(random() * JITTER_STEPS);
    this.#timer = timers.start((wait * percent) / 100, again, this);
  };

  /** Called by the timer. */
  again(): void {
    this.#timer = undefined;
    this.start();
  }
}

const again = (watch: Watch) => watch.again();
