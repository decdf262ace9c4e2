/** Why a connection is turned away. */
export type Denial = 'address' | 'in-flight' | 'rate';

/**
 * One condition of a router on its connections, asked once the client is known (route, and TLS where it
 * ends here) and before anything is dialled. Immutable; what it counts belongs to its name (D19).
 */
export interface Middleware {
  /** Qualified. */
  readonly name: string;
  readonly denial: Denial;
  /** True: the connection may pass, and `leave` is called once it is over. `now` in ms. */
  admits(address: string, now: number): boolean;
  leave(address: string): void;
}
