import type { Readable } from 'node:stream';
import type { Container, Listed } from './inspected.js';

/** The part of the Docker API that discovery uses: GET requests only (D14), each bounded in time. */
export interface DockerApi {
  /** All containers, stopped ones included (DKR-7). */
  readonly list: (signal: AbortSignal) => Promise<readonly Listed[]>;
  /** By id or name. Undefined: there is none. */
  readonly inspect: (reference: string, signal: AbortSignal) => Promise<Container | undefined>;
  /** Events that discovery reacts to, from now on, one JSON object a line. Whoever asked closes it. */
  readonly events: (signal: AbortSignal) => Promise<Readable>;
}

/** The engine answered, and the answer is no: the connection to it is sound. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code = 'ENGINE_REFUSED';
  /** Of HTTP. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}
