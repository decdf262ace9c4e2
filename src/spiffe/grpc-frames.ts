/** What gRPC puts in front of each message: whether it is compressed, and its length. */
const HEADER_LENGTH = 5;

/** Why what came is no gRPC: a closed list. */
export type FrameProblem =
  | 'compressed'
  /** Longer than allowed: nothing of it is kept. */
  | 'too-large';

/** An empty message, as it goes over the wire. */
export const EMPTY_MESSAGE: Buffer = Buffer.alloc(HEADER_LENGTH);

/** Puts messages together from chunks that end anywhere. Holds one message, however small the chunks are. */
export class GrpcFrames {
  readonly #longest: number;
  readonly #header = Buffer.alloc(HEADER_LENGTH);
  /** Whose header is there. */
  #message: Buffer | undefined;
  /** Bytes that have come of the message, or of the header before it. */
  #filled = 0;

  constructor(longest: number) {
    this.#longest = longest;
  }

  /** Whether a message has begun and is not complete. */
  get isWithin(): boolean {
    return this.#message !== undefined || this.#filled > 0;
  }

  /** The messages that are complete with this chunk, or what is wrong; after that nothing more may be pushed. */
  push(chunk: Buffer): readonly Buffer[] | FrameProblem {
    const messages: Buffer[] = [];
    let rest = chunk;
    while (rest.length > 0) {
      rest = this.#fill(this.#message ?? this.#header, rest);
      if (!this.#message && this.#filled === HEADER_LENGTH) {
        const [compressed] = this.#header;
        const length = this.#header.readUInt32BE(1);
        if (compressed !== 0) return 'compressed';
        if (length > this.#longest) return 'too-large';
        this.#message = Buffer.alloc(length);
        this.#filled = 0;
      }
      if (this.#message && this.#filled === this.#message.length) {
        messages.push(this.#message);
        this.#message = undefined;
        this.#filled = 0;
      }
    }
    return messages;
  }

  /** What does not fit. */
  #fill(into: Buffer, from: Buffer): Buffer {
    const taken = from.copy(into, this.#filled);
    this.#filled += taken;
    return from.subarray(taken);
  }
}
