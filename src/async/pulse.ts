/**
 * A level-triggered wake-up: any number of `set()` calls while the reader is busy are read as one.
 * It is how every watcher coalesces bursts without a queue that could grow. One reader at a time.
 */
export class Pulse implements AsyncIterable<undefined> {
  #pending = false;
  #ended: { readonly error: Error | undefined } | undefined;
  #wake: () => void = () => {};

  set(): void {
    this.#pending = true;
    this.#wake();
  }

  /** Ends the iteration once a pending wake-up has been read. An error, if given, is thrown there. */
  end(error?: Error): void {
    this.#ended ??= { error };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<undefined> {
    for (;;) {
      if (this.#pending) {
        this.#pending = false;
        yield undefined;
      } else if (this.#ended) {
        if (this.#ended.error) throw this.#ended.error;
        return;
      } else {
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    }
  }
}
