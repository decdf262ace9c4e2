import { z } from 'zod';
import type { Instance } from './registered.js';

/** `/v1/catalog/services`. */
export const servicesSchema = z.record(z.string(), z.array(z.string()));

/** `/v1/health/service/…` and `/v1/health/connect/…`. */
export const instancesSchema = z.array(
  z
    .object({
      Node: z.object({
        Node: z.string(),
        Address: z.string().default(''),
        Datacenter: z.string().default(''),
      }),
      Service: z.object({
        ID: z.string(),
        Service: z.string(),
        Kind: z.string().default(''),
        Tags: z.array(z.string()).nullish(),
        Address: z.string().default(''),
        Port: z.number().default(0),
        CreateIndex: z.number().default(0),
        Namespace: z.string().default(''),
        Weights: z
          .object({ Passing: z.number().default(1), Warning: z.number().default(1) })
          .nullish(),
        Connect: z.object({ Native: z.boolean().default(false) }).nullish(),
        Proxy: z.object({ DestinationServiceID: z.string().default('') }).nullish(),
      }),
      Checks: z.array(z.object({ CheckID: z.string(), Status: z.string() })).nullish(),
    })
    .transform(({ Node, Service, Checks }): Instance => ({
      node: Node.Node,
      nodeAddress: Node.Address,
      datacenter: Node.Datacenter,
      namespace: Service.Namespace,
      service: Service.Service,
      id: Service.ID,
      kind: Service.Kind,
      isNative: Service.Connect?.Native ?? false,
      proxied: Service.Proxy?.DestinationServiceID ?? '',
      tags: Service.Tags ?? [],
      address: Service.Address,
      port: Service.Port,
      createIndex: Service.CreateIndex,
      weights: { passing: Service.Weights?.Passing ?? 1, warning: Service.Weights?.Warning ?? 1 },
      checks: (Checks ?? []).map(({ CheckID, Status }) => ({ id: CheckID, status: Status })),
    })),
);

/** What `/v1/agent/connect/ca/roots` says: whom to believe, and in which trust domain. */
export interface Roots {
  readonly trustDomain: string;
  /** PEM. */
  readonly roots: readonly string[];
}

export const rootsSchema = z
  .object({
    TrustDomain: z.string(),
    Roots: z.array(z.object({ RootCert: z.string() })).nullish(),
  })
  .transform(({ TrustDomain, Roots }): Roots => ({
    trustDomain: TrustDomain,
    roots: (Roots ?? []).map(({ RootCert }) => RootCert),
  }));

/** `/v1/agent/connect/ca/leaf/…`. */
export const leafSchema = z
  .object({ CertPEM: z.string(), PrivateKeyPEM: z.string(), ServiceURI: z.string() })
  .transform(({ CertPEM, PrivateKeyPEM, ServiceURI }) => ({
    uri: ServiceURI,
    chain: CertPEM,
    key: PrivateKeyPEM,
  }));
