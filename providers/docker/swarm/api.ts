import type { Readable } from 'node:stream';
import type { SwarmNetwork, SwarmNode, SwarmService, Task } from './read.js';

/** All that discovery knows of a Swarm, as its manager says it. */
export interface Cluster {
  readonly services: readonly SwarmService[];
  /** Those that are meant to run. */
  readonly tasks: readonly Task[];
  readonly nodes: readonly SwarmNode[];
  readonly networks: readonly SwarmNetwork[];
}

/** The part of a manager's API that discovery uses: GET requests only (D14), each bounded in time. */
export interface SwarmApi {
  readonly services: (signal: AbortSignal) => Promise<readonly SwarmService[]>;
  readonly tasks: (signal: AbortSignal) => Promise<readonly Task[]>;
  readonly nodes: (signal: AbortSignal) => Promise<readonly SwarmNode[]>;
  readonly networks: (signal: AbortSignal) => Promise<readonly SwarmNetwork[]>;
  /** Events that discovery reacts to, from now on, one JSON object a line. Whoever asked closes it. */
  readonly events: (signal: AbortSignal) => Promise<Readable>;
}
