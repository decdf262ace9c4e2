/** A service on Consul Connect, as its certificates name it. */
export interface ConnectPeer {
  /** `default` where there are no namespaces. */
  readonly namespace: string;
  readonly datacenter: string;
  readonly service: string;
}

/** The path of its SPIFFE ID (CNS-16); the trust domain is that of the cluster. */
export const connectPath = ({ namespace, datacenter, service }: ConnectPeer): string =>
  `/ns/${namespace}/dc/${datacenter}/svc/${service}`;

/** What an agent of Consul says of Connect at one moment: who we are there, and whom to believe. */
export interface ConnectMaterial {
  readonly trustDomain: string;
  /** PEM, each one certificate: also of an authority that is being replaced. */
  readonly roots: readonly string[];
  readonly leaf: {
    /** Our SPIFFE ID. */
    readonly uri: string;
    /** PEM: the leaf, then its intermediates. */
    readonly chain: string;
    /** PEM. Secret. */
    readonly key: string;
  };
}
