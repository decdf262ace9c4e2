import { pino } from 'pino';

/** What a disk that is full, or a reader that does not keep up, may keep waiting; the rest is lost, and counted. */
const MOST_WAITING_BYTES = 16 << 20;
/** After a write that failed, in ms: the first pause, and the longest while nothing can be written. */
const RETRY_MS = { first: 10, longest: 1_000 };
/** When the process ends, a reader has so much longer, in ms. */
const LAST_MS = 1_000;
/** A reader that is always too slow is not told more often that lines are lost, in ms. */
const SAY_LOST_MS = 1_000;

/** Is told how many lines were lost, once there is some room again. */
export type OnLost = (lines: number) => void;

/** Opened by these names, a pipe would be another one than ours, and writing to it would wait. */
const STDOUT: ReadonlySet<string> = new Set(['', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1']);

let stdout: Destination | undefined;

/** Where lines go; empty for stdout, which all that write there share. Throws if the file cannot be opened. */
export function openDestination(filePath: string, onLost: OnLost): Destination {
  if (!STDOUT.has(filePath)) return new Destination(filePath, onLost);
  if (stdout === undefined) {
    // Node makes a pipe one that never waits when its stream is made, which is when somebody looks at it.
    process.stdout.on('error', () => {});
    stdout = new Destination(1, onLost);
  }
  return stdout;
}

/**
 * A file, or stdout. What is written has arrived before the call returns, unless the disk is full or the
 * reader does not keep up: then it waits, and holds up nobody. Part of a line may have arrived by then, so
 * that nobody else may write to the same pipe.
 */
export class Destination {
  readonly #sink: ReturnType<typeof pino.destination>;
  readonly #onLost: OnLost;
  readonly #isFile: boolean;
  #retry: NodeJS.Timeout | undefined;
  #pause = RETRY_MS.first;
  #hasFailed = false;
  /** It will never read again. */
  #isReaderGone = false;
  #lost = 0;
  /** On the monotonic clock, in ms. */
  #saidLostAt = -Infinity;
  readonly #atExit = (): void => this.#finish();

  constructor(dest: string | number, onLost: OnLost) {
    this.#onLost = onLost;
    this.#isFile = typeof dest === 'string';
    this.#sink = pino.destination({
      dest,
      sync: true,
      mkdir: true,
      maxLength: MOST_WAITING_BYTES,
      // A full pipe: otherwise it sleeps until there is room, and everything with it.
      retryEAGAIN: () => false,
    });
    // What cannot be written is no reason to stop.
    this.#sink.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') this.#isReaderGone = true;
      this.#failed();
    });
    this.#sink.on('write', () => (this.#pause = RETRY_MS.first));
    this.#sink.on('drop', (text: string) => {
      this.#lost += linesIn(text);
      this.#failed();
    });
  }

  write(text: string): void {
    if (!this.#isReaderGone) this.#sink.write(text);
  }

  /** A file: goes on in a new one of the same name. Throws if there cannot be one: the old one is written on. */
  reopen(): void {
    if (!this.#isFile) return;
    // A line that is written in part should end where it began.
    this.#writesRest();
    try {
      this.#sink.reopen();
    } catch (error) {
      // Otherwise the next time closes the old file twice.
      this.#sink.removeAllListeners('ready');
      throw error;
    }
  }

  #failed(): void {
    this.#hasFailed = true;
    if (this.#retry !== undefined || this.#isReaderGone) return;
    this.#retry = setTimeout(() => this.#tryAgain(), this.#pause).unref();
    process.on('exit', this.#atExit);
  }

  #tryAgain(): void {
    if (this.#retry === undefined) return;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    process.off('exit', this.#atExit);
    this.#pause = Math.min(this.#pause * 2, RETRY_MS.longest);
    if (this.#writesRest() || performance.now() - this.#saidLostAt >= SAY_LOST_MS) this.#sayLost();
  }

  #sayLost(): void {
    const lost = this.#lost;
    if (lost === 0) return;
    this.#saidLostAt = performance.now();
    this.#lost = 0;
    this.#onLost(lost);
    // There was no room for this line either.
    if (this.#lost > 0) this.#lost = lost;
  }

  /** True if nothing waits any more. */
  #writesRest(): boolean {
    this.#hasFailed = false;
    // All that waits goes before it.
    this.write('');
    return !this.#hasFailed;
  }

  /** Nothing is lost on any exit (D48), if the reader reads. */
  #finish(): void {
    const end = performance.now() + LAST_MS;
    const never = new Int32Array(new SharedArrayBuffer(4));
    const write = () => {
      while (!this.#writesRest() && !this.#isReaderGone && performance.now() < end) {
        Atomics.wait(never, 0, 0, RETRY_MS.first);
      }
    };
    write();
    this.#sayLost();
    write();
  }
}

const linesIn = (text: string) => text.split('\n').length - 1;
