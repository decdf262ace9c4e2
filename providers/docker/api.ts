import type { Readable } from 'node:stream';
import type { Container } from './inspected.js';
import type { Listed } from './listed.js';

/** The part of the Docker API that discovery uses: GET requests only (D14), each bounded in time. */
export interface DockerApi {
  /** Inspections that are to run at the same time. */
  readonly atOnce: number;
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
  /** What helps, if that is known. */
  readonly fix: string | undefined;

  constructor(message: string, status?: number, fix?: string) {
    super(message);
    this.status = status;
    this.fix = fix;
  }
}

/** For what is only looked for: an engine that refuses the question has no such container. */
export async function inspectIfAny(
  api: Pick<DockerApi, 'inspect'>,
  reference: string,
  signal: AbortSignal,
): Promise<Container | undefined> {
  try {
    return await api.inspect(reference, signal);
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}
