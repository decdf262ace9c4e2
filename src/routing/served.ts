import type { LoadBalancerConfig } from '../config/model.js';

/** Something that can be written and that this version does not do. */
interface Lack {
  /** Where it is written below the object. */
  readonly path: string;
  readonly what: string;
  readonly isAsked: (config: LoadBalancerConfig) => boolean;
}

const written = (key: keyof LoadBalancerConfig): Lack => ({
  path: `loadBalancer.${key}`,
  what: key,
  isAsked: (config) => config[key] !== undefined,
});

/** A service that asks for one of these is served without, with a warning. */
export const SERVICE_IGNORES: readonly Lack[] = [
  written('drain'),
  written('drainOnUnhealthy'),
  written('idleTimeout'),
  written('maxDuration'),
];
