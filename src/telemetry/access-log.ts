import { openDestination, type Destination, type OnLost } from './destination.js';
import { reasonsOf, type EndClass } from './end-classes.js';
import type { EndReason } from './end-reasons.js';

export interface AccessLogOptions {
  /** Empty: stdout. */
  readonly filePath: string;
  /** Lines that are kept before they are written, for a second at most. 0: each at once. */
  readonly bufferingSize: number;
  /** A line also when the server is reached. */
  readonly atStart: boolean;
  /** Connections to the built-in servers, too. */
  readonly addInternals: boolean;
  /** Whoever passes one of them has a line at its end; without any all have. */
  readonly filters: {
    /** Connections that lasted as long; milliseconds. 0: no filter. */
    readonly minDuration: number;
    /** How they ended. */
    readonly status: readonly EndClass[];
    /** For which more than one server was dialled. */
    readonly retryAttempts: boolean;
  };
}

const FLUSH_MS = 1_000;

/** One JSON line per connection, at its end, and if it is wanted one at its start. */
export class AccessLog {
  readonly atStart: boolean;
  readonly #bufferingSize: number;
  readonly #addInternals: boolean;
  readonly #minDuration: number;
  readonly #reasons: ReadonlySet<EndReason>;
  readonly #retryAttempts: boolean;
  readonly #takesAll: boolean;
  readonly #destination: Destination;
  #waiting: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** Throws if the file cannot be opened. */
  constructor(options: AccessLogOptions, onLost: OnLost) {
    const { filePath, bufferingSize, atStart, addInternals } = options;
    const { minDuration, status, retryAttempts } = options.filters;
    this.atStart = atStart;
    this.#bufferingSize = bufferingSize;
    this.#addInternals = addInternals;
    this.#minDuration = minDuration > 0 ? minDuration : Infinity;
    this.#reasons = reasonsOf(status);
    this.#retryAttempts = retryAttempts;
    this.#takesAll = this.#minDuration === Infinity && status.length === 0 && !retryAttempts;
    this.#destination = openDestination(filePath, onLost);
  }

  /** Whether a connection has a line at its end. As in Traefik, one filter that it passes is enough. */
  takes(reason: EndReason, duration: number, attempts: number): boolean {
    if (reason === 'api-request' && !this.#addInternals) return false;
    return (
      this.#takesAll ||
      duration >= this.#minDuration ||
      this.#reasons.has(reason) ||
      (this.#retryAttempts && attempts > 1)
    );
  }

  write(fields: object): void {
    this.#waiting.push(`${JSON.stringify(fields)}\n`);
    if (this.#waiting.length >= this.#bufferingSize) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS).unref();
  }

  /** Writes what was kept. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    this.#destination.write(this.#waiting.join(''));
    this.#waiting = [];
  }

  /** Goes on in a new file of the same name (SIGUSR1). Throws if there cannot be one: the old one is written on. */
  reopen(): void {
    this.flush();
    this.#destination.reopen();
  }
}
