import { isDeepStrictEqual } from 'node:util';
import { backoff } from '../async/backoff.js';
import { Deadlines, type Deadline } from '../async/deadlines.js';
import { delay } from '../async/delay.js';
import type { WorkloadApiFailure } from './workload-api-error.js';
import { x509ContextOf, type MessageProblem, type X509Context } from './x509-context.js';
import type { X509SvidResponse } from './x509-svid-response.js';

/** Why there is no identity, or an old one only: a closed list. */
export type SpiffeFailure =
  | WorkloadApiFailure
  /** The last message was refused; what was known before is still used. */
  | MessageProblem
  /** What we hold is too old to be believed by anyone. */
  | 'svid-expired';

export interface SpiffeState {
  readonly status:
    | 'off'
    /** Nothing has come yet, and nothing has failed. */
    | 'waiting'
    | 'ready'
    | 'failing';
  /** When the status began, in ms since the epoch. */
  readonly since: number;
  /** With `failing`. */
  readonly reason: SpiffeFailure | undefined;
  /** In the agent's or the system's words. */
  readonly detail: string | undefined;
  /** What we hold, also while `failing`. */
  readonly spiffeId: string | undefined;
  /** In ms since the epoch. */
  readonly expiresAt: number | undefined;
}

/** What a dial needs. The same object until the next rotation. */
export interface SvidSource {
  /** Undefined until the first has come. The SVID may have expired. */
  current(): X509Context | undefined;
}

/** Who says who we are: the Workload API, or an agent of Consul. */
export interface X509Feed {
  /**
   * Each message is all that is known; undefined is one that cannot be read. Ends only on abort, and
   * throws when the agent is lost.
   */
  messages(signal: AbortSignal): AsyncIterable<X509SvidResponse | undefined>;
  /** What was thrown. */
  troubleOf(error: unknown): Trouble;
}

export interface X509SourceOptions {
  readonly feed: X509Feed;
  /** Called with each state that differs from the one before. */
  readonly changed: (state: SpiffeState, before: SpiffeState) => void;
  /** In ms since the epoch. */
  readonly now?: () => number;
}

export interface Trouble {
  readonly reason: SpiffeFailure;
  /** In the agent's or the system's words. */
  readonly detail: string | undefined;
}

/** An attempt costs the agent an attestation of this process. */
const LONGEST_WAIT_MS = 5_000;
/** As for providers: who answers and dies at once, over and over, is not asked ten times a second. */
const STEADY_MS = 5_000;
/** The clock of the day may be set: the expiry is looked at again at least this often. */
const EXPIRY_CHECK_MS = 60_000;

const OFF: SpiffeState = {
  status: 'off',
  since: 0,
  reason: undefined,
  detail: undefined,
  spiffeId: undefined,
  expiresAt: undefined,
};

/**
 * Keeps our SVID and the bundles as they were last said. Whatever the agent answers, it
 * is asked again (BUG-40 of Traefik: it gave up after InvalidArgument); whatever fails, what was
 * known stays in use, and the state says so.
 */
export class X509Source implements SvidSource {
  readonly #options: X509SourceOptions;
  readonly #now: () => number;
  readonly #deadlines = new Deadlines();
  #context: X509Context | undefined;
  /** The one that the context was made from: a new stream begins with what is known. */
  #message: X509SvidResponse | undefined;
  #trouble: Trouble | undefined;
  #isExpired = false;
  #expiry: Deadline | undefined;
  /** Ends the stream, so that the agent is asked anew. */
  #askAnew = (): void => {};
  #state = OFF;

  constructor(options: X509SourceOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  current(): X509Context | undefined {
    return this.#context;
  }

  state(): SpiffeState {
    return this.#state;
  }

  /** Follows the agent until the abort; nobody needs to wait for it. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#become('waiting');
    for (let failures = 0; !signal.aborted; failures += 1) {
      const started = performance.now();
      const isAnswered = await this.#follow(signal);
      if (isAnswered && performance.now() - started >= STEADY_MS) failures = 0;
      await delay(backoff(failures, LONGEST_WAIT_MS), signal);
    }
    if (this.#expiry) this.#deadlines.cancel(this.#expiry);
    this.#context = undefined;
    this.#message = undefined;
    this.#become('off');
  }

  /** One stream, to its end; whether anything came. */
  async #follow(signal: AbortSignal): Promise<boolean> {
    const attempt = new AbortController();
    const end = () => attempt.abort();
    signal.addEventListener('abort', end);
    this.#askAnew = end;
    const { feed } = this.#options;
    let isAnswered = false;
    try {
      for await (const message of feed.messages(attempt.signal)) {
        isAnswered = true;
        this.#received(message);
      }
    } catch (error) {
      this.#trouble = feed.troubleOf(error);
      this.#update();
    } finally {
      signal.removeEventListener('abort', end);
      this.#askAnew = () => {};
    }
    return isAnswered;
  }

  #received(message: X509SvidResponse | undefined): void {
    if (message !== undefined && isDeepStrictEqual(this.#message, message)) {
      this.#trouble = undefined;
    } else {
      const result = message
        ? x509ContextOf(message)
        : ({ ok: false, problem: 'malformed' } as const);
      if (result.ok) {
        this.#message = message;
        this.#context = result.context;
        this.#trouble = undefined;
      } else {
        this.#trouble = { reason: result.problem, detail: result.of };
      }
    }
    this.#watchExpiry();
    this.#update();
  }

  #watchExpiry(): void {
    if (this.#expiry) this.#deadlines.cancel(this.#expiry);
    this.#expiry = undefined;
    if (!this.#context) return;
    const remaining = this.#context.svid.expiresAt - this.#now();
    this.#isExpired = remaining < 0;
    if (this.#isExpired) return;
    // An SVID is valid up to and including the moment of its expiry.
    const ms = Math.min(remaining + 1, EXPIRY_CHECK_MS);
    this.#expiry = this.#deadlines.start(ms, this.#lookAtExpiry, undefined);
  }

  readonly #lookAtExpiry = (): void => {
    this.#watchExpiry();
    if (!this.#isExpired) return;
    this.#update();
    // Perhaps the agent has forgotten us; a new stream begins with what is valid now.
    this.#askAnew();
  };

  #update(): void {
    const { reason, detail } = this.#trouble ?? {};
    if (this.#isExpired) this.#become('failing', { reason: 'svid-expired', detail });
    else if (reason) this.#become('failing', { reason, detail });
    else this.#become(this.#context ? 'ready' : 'waiting');
  }

  #become(status: SpiffeState['status'], trouble?: Trouble): void {
    const before = this.#state;
    const { id, expiresAt } = this.#context?.svid ?? {};
    const state: SpiffeState = {
      status,
      since: before.status === status ? before.since : this.#now(),
      reason: trouble?.reason,
      detail: trouble?.detail,
      spiffeId: id?.text,
      expiresAt,
    };
    const isSame =
      before.status === status &&
      before.reason === state.reason &&
      before.detail === state.detail &&
      before.spiffeId === state.spiffeId &&
      before.expiresAt === expiresAt;
    if (isSame) return;
    this.#state = state;
    this.#options.changed(state, before);
  }
}
