/** What gRPC puts in front of each message: whether it is compressed, and its length. */
const HEADER_LENGTH = 5;

/** Why what came is no gRPC: a closed list. */
export type FrameProblem =
  | 'compressed'
  /** Longer than allowed: nothing of it is kept. */
  | 'too-large';

/** An empty message, as it goes over the wire. */
export const EMPTY_MESSAGE: Buffer = Buffer.alloc(HEADER_LENGTH);

/** Puts messages together from chunks that end anywhere. Holds at most one message. */
export class GrpcFrames {
  readonly #longest: number;
  #chunks: Buffer[] = [];
  #length = 0;
  /** Of the frame that has begun, as soon as its header is there. */
  #wanted = HEADER_LENGTH;

  constructor(longest: number) {
    this.#longest = longest;
  }

  /** Whether a message has begun and is not complete. */
  get isWithin(): boolean {
    return this.#length > 0;
  }

  /** The messages that are complete with this chunk, or what is wrong; after that nothing more may be pushed. */
  push(chunk: Buffer): readonly Buffer[] | FrameProblem {
    const messages: Buffer[] = [];
    let rest = chunk;
    while (rest.length > 0) {
      const taken = rest.subarray(0, this.#wanted - this.#length);
      rest = rest.subarray(taken.length);
      this.#chunks.push(taken);
      this.#length += taken.length;
      if (this.#length < this.#wanted) break;
      // Joined once for the header and once for the whole, however small the chunks are.
      const frame = Buffer.concat(this.#chunks);
      this.#chunks = [frame];
      if (this.#length === HEADER_LENGTH) {
        const [compressed] = frame;
        const length = frame.readUInt32BE(1);
        if (compressed !== 0) return 'compressed';
        if (length > this.#longest) return 'too-large';
        this.#wanted = HEADER_LENGTH + length;
        if (length > 0) continue;
      }
      messages.push(frame.subarray(HEADER_LENGTH));
      this.#chunks = [];
      this.#length = 0;
      this.#wanted = HEADER_LENGTH;
    }
    return messages;
  }
}
