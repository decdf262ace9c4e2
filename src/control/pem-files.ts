import { delay } from '../async/delay.js';
import { limited } from '../async/limited.js';
import { Pulse } from '../async/pulse.js';
import { isPemContent, pemOf, withoutFiles, type Materials, type Pem } from '../config/pem.js';
import { FileEvents } from './file-events.js';
import { readPemFile } from './pem-file.js';

export interface PemFilesOptions {
  /** Called after the content of these files, which were asked for before, has changed. */
  readonly changed: (paths: readonly string[]) => void;
  readonly signal: AbortSignal;
  /** Never rejects. */
  readonly read?: (path: string) => Promise<Pem>;
  readonly times?: Partial<Times>;
}

/** Milliseconds. */
interface Times {
  /** Network disks, bind mounts and `..data` links give no events (D46). */
  readonly compare: number;
  /** A file that has become empty or has gone is looked at again after this before it counts (D46). */
  readonly again: number;
  /** Certificate and key are two files: what changed must hold still for this long. */
  readonly settle: number;
  /** Nobody waits longer for a disk. */
  readonly patience: number;
}

const TIMES: Times = { compare: 2_000, again: 200, settle: 50, patience: 2_000 };

/** Files that never hold still are taken as they are. */
const MOST_ROUNDS = 10;

/** A disk that hangs holds a thread of Node's pool for each file; the other two are left to others. */
const MOST_AT_ONCE = 2;

/** One file. */
interface File {
  /** In force; undefined until it was waited for. */
  pem: Pem | undefined;
  /** As last read. */
  latest: Pem | undefined;
  /** Never two at a time: a disk that hangs is not asked again and again. */
  reading: Promise<void> | undefined;
}

/**
 * The files that the configuration names: read once they are named, watched, and compared by content
 * as well. Only files that are new cost a wait, and that is bounded.
 */
export class PemFiles {
  readonly #options: PemFilesOptions;
  readonly #times: Times;
  readonly #files = new Map<string, File>();
  readonly #wake = new Pulse();
  readonly #events = new FileEvents(() => this.#wake.set());
  readonly #inTurn = limited(MOST_AT_ONCE);
  #isWatching = false;
  #pems: ReadonlyMap<string, Pem> = new Map();
  #materials: Materials = withoutFiles();

  constructor(options: PemFilesOptions) {
    this.#options = options;
    this.#times = { ...TIMES, ...options.times };
  }

  /**
   * What these values come to, each a path or PEM content; others are forgotten. At once, unless
   * there are paths among them that are new. The same object as long as nothing is different.
   */
  of(values: ReadonlySet<string>): Materials | Promise<Materials> {
    for (const path of this.#files.keys()) if (!values.has(path)) this.#forget(path);
    const fresh = [...values].filter((value) => isPath(value) && !this.#files.has(value));
    for (const path of fresh) {
      this.#files.set(path, { pem: undefined, latest: undefined, reading: undefined });
    }
    if (fresh.length === 0) return this.#current(values);
    if (!this.#isWatching) void this.#watch();
    return this.#afterReading(fresh, values);
  }

  /** Reads all again now. */
  refresh(): void {
    this.#wake.set();
  }

  async #afterReading(paths: readonly string[], values: ReadonlySet<string>): Promise<Materials> {
    await this.#read(paths);
    for (const path of paths) {
      const file = this.#files.get(path);
      if (file) file.pem = file.latest ?? LATE;
    }
    return this.#current(values);
  }

  #current(values: ReadonlySet<string>): Materials {
    const before = this.#pems;
    const pems = new Map<string, Pem>();
    for (const value of values) {
      pems.set(value, this.#files.get(value)?.pem ?? before.get(value) ?? pemOf(value));
    }
    if (pems.size !== before.size || [...pems].some(([value, pem]) => before.get(value) !== pem)) {
      this.#pems = pems;
      this.#materials = { pem: (value) => pems.get(value) ?? withoutFiles().pem(value) };
    }
    return this.#materials;
  }

  /** Until the end. */
  async #watch(): Promise<void> {
    this.#isWatching = true;
    const { signal } = this.#options;
    if (signal.aborted) return;
    const compare = setInterval(() => this.#wake.set(), this.#times.compare).unref();
    signal.addEventListener('abort', () => this.#wake.end(), { once: true });
    for await (const _ of this.#wake) {
      if (signal.aborted) break;
      await this.#compare();
    }
    clearInterval(compare);
    this.#events.close();
  }

  /** Puts into force what is different once it holds still. */
  async #compare(): Promise<void> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      // One that is still being read is on a disk that hangs, and holds up nobody else.
      const paths = [...this.#files].filter(([, { reading }]) => !reading).map(([path]) => path);
      if (!(await this.#read(paths))) break;
      await delay(this.#times.settle, this.#options.signal);
    }
    const changed: string[] = [];
    for (const [path, file] of this.#files) {
      // One without `pem` is being waited for.
      if (file.pem === undefined || file.latest === undefined || file.pem === file.latest) continue;
      file.pem = file.latest;
      changed.push(path);
    }
    if (changed.length > 0 && !this.#options.signal.aborted) this.#options.changed(changed);
  }

  /** Says whether one of them is different from the last time. Waits no longer than patience. */
  async #read(paths: readonly string[]): Promise<boolean> {
    const before = new Map(paths.map((path) => [path, this.#files.get(path)?.latest]));
    const waited = new AbortController();
    const all = Promise.all(paths.map((path) => this.#readOne(path)));
    await Promise.race([all, delay(this.#times.patience, waited.signal)]);
    waited.abort();
    return paths.some((path) => this.#files.get(path)?.latest !== before.get(path));
  }

  async #readOne(path: string): Promise<void> {
    const file = this.#files.get(path);
    if (file === undefined || file.reading) return file?.reading;
    const reading = this.#look(path, file.latest).then((pem) => {
      file.reading = undefined;
      const isFirst = file.latest === undefined;
      if (!isSame(file.latest, pem)) file.latest = pem;
      const isWanted = this.#files.get(path) === file && !this.#options.signal.aborted;
      if (isFirst && isWanted) this.#events.add(path);
      // Whoever waited for it waits no more.
      if (file.pem === LATE) this.#wake.set();
    });
    file.reading = reading;
    return reading;
  }

  async #look(path: string, before: Pem | undefined): Promise<Pem> {
    const { read = readPemFile, signal } = this.#options;
    const pem = await this.#inTurn(() => read(path));
    if (pem.ok || !(before?.ok === true || pem.reason === 'empty')) return pem;
    await delay(this.#times.again, signal);
    return this.#inTurn(() => read(path));
  }

  #forget(path: string): void {
    this.#files.delete(path);
    this.#events.remove(path);
  }
}

const LATE: Pem = { ok: false, reason: 'timeout' };

const isPath = (value: string) => value !== '' && !isPemContent(value);

function isSame(a: Pem | undefined, b: Pem): boolean {
  if (a === undefined || a.ok !== b.ok) return false;
  return a.ok && b.ok ? a.text === b.text : !a.ok && !b.ok && a.reason === b.reason;
}
