import type { MessagePort } from 'node:worker_threads';
import type { Piece } from './pieces.js';

/** What the thread that discovers is told. */
export type Order =
  /** Watch, and talk about it over `port`. */
  | {
      readonly kind: 'watch';
      readonly provider: string;
      readonly port: MessagePort;
      /** Which snapshot of the provider the other side has; 0: none. */
      readonly holds: number;
    }
  | { readonly kind: 'refresh'; readonly provider: string }
  /** There is a table: connections come first from here on. */
  | { readonly kind: 'giveWay' };

/** Over the port of a watch. Each `next` gets one reply; after `stop` the watch comes to its end. */
export type Ask = 'next' | 'stop';

export type Reply =
  | { readonly kind: 'piece'; readonly piece: Piece }
  /** The same snapshot as before, confirmed. */
  | { readonly kind: 'same' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** An error, as texts: what else it holds may not be fit to go to another thread. */
export interface Failure {
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: string | undefined;
  /** What helps. */
  readonly fix: string | undefined;
}
