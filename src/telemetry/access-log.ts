import { openDestination } from './destination.js';

export interface AccessLogOptions {
  /** Empty: stdout. */
  readonly filePath: string;
  /** Lines that are kept before they are written, for a second at most. 0: each at once. */
  readonly bufferingSize: number;
  /** Only connections that lasted as long; milliseconds. */
  readonly minDuration: number;
}

const FLUSH_MS = 1_000;

/** One JSON line per connection, at its end. */
export class AccessLog {
  readonly minDuration: number;
  readonly #filePath: string;
  readonly #bufferingSize: number;
  readonly #destination: ReturnType<typeof openDestination>;
  #waiting: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** Throws if the file cannot be opened. */
  constructor({ filePath, bufferingSize, minDuration }: AccessLogOptions) {
    this.minDuration = minDuration;
    this.#filePath = filePath;
    this.#bufferingSize = bufferingSize;
    this.#destination = openDestination(filePath);
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
    if (this.#filePath !== '') this.#destination.reopen();
  }
}
