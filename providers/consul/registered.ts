import type { Check } from './checks.js';

/** One instance of a service as Consul knows it. */
export interface Instance {
  readonly node: string;
  readonly nodeAddress: string;
  readonly datacenter: string;
  /** Empty where there are none. */
  readonly namespace: string;
  readonly service: string;
  readonly id: string;
  /** Empty for a plain service. */
  readonly kind: string;
  /** It speaks Connect by itself. */
  readonly isNative: boolean;
  /** Of a Connect proxy: the id of the instance that it stands beside. May be empty. */
  readonly proxied: string;
  readonly tags: readonly string[];
  /** Empty: it is at the node's address (CNS-9). */
  readonly address: string;
  /** 0: none was registered. */
  readonly port: number;
  readonly createIndex: number;
  readonly weights: { readonly passing: number; readonly warning: number };
  readonly checks: readonly Check[];
}
