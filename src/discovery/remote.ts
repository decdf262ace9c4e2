import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Provider, Snapshot } from '../config/provider.js';
import type { Ask, Failure, Order, Reply } from './message.js';
import { Assembly, NOTHING } from './pieces.js';

/** Something that orders are given to: the thread that runs the providers. */
export interface Orders {
  postMessage(order: Order, transfer?: readonly MessagePort[]): void;
}

/**
 * A provider that runs in another thread (`serve`). What did not change in its snapshots are the same
 * objects as before, as with any provider.
 */
export function remoteProvider(name: string, orders: Orders): Required<Provider> {
  let snapshot: Snapshot = NOTHING;
  /** Snapshots that came so far, by which the other side knows what to tell. */
  let holds = 0;
  return {
    name,
    refresh: () => orders.postMessage({ kind: 'refresh', provider: name }),
    async *watch(signal) {
      const { port1, port2 } = new MessageChannel();
      orders.postMessage({ kind: 'watch', provider: name, port: port2, holds }, [port2]);
      const conversation = new Conversation(port1);
      const stop = () => conversation.stop();
      signal.addEventListener('abort', stop);
      if (signal.aborted) stop();
      try {
        let coming = conversation.next();
        for (let assembly = new Assembly(snapshot); ;) {
          const reply = await coming;
          if (reply.kind === 'ended') return;
          if (reply.kind === 'failed') throw errorOf(reply.failure);
          if (reply.kind === 'piece') {
            // While this one is put in its place, the next one is on its way.
            if (reply.piece.more) coming = conversation.next();
            const whole = assembly.add(reply.piece);
            if (whole === undefined) continue;
            [snapshot, holds] = [whole, holds + 1];
            assembly = new Assembly(whole);
          }
          yield snapshot;
          coming = conversation.next();
        }
      } finally {
        signal.removeEventListener('abort', stop);
        port1.close();
      }
    },
  };
}

/** One question at a time, and its answer. */
class Conversation {
  readonly #port: MessagePort;
  #answer: ((reply: Reply) => void) | undefined;

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', (reply: Reply) => this.#answer?.(reply));
  }

  next(): Promise<Reply> {
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#ask('next');
    });
  }

  stop(): void {
    this.#ask('stop');
  }

  #ask(ask: Ask): void {
    this.#port.postMessage(ask);
  }
}

function errorOf({ message, stack, code, fix }: Failure): Error {
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return Object.assign(error, code !== undefined && { code }, fix !== undefined && { fix });
}
