import type { ObjectRef, Place, Severity } from '../src/config/diagnostic.js';

/** What the API answers, as far as the page reads it. */

export type { ObjectRef, Place, Severity };

export interface EntryPointEntry {
  readonly name: string;
  readonly address: string;
}

/** What all listed objects have. */
export interface ObjectEntry {
  readonly name: string;
  readonly provider: string;
  readonly status?: string;
  readonly error?: readonly string[];
  readonly usedBy?: readonly string[];
}

export interface RouterEntry extends ObjectEntry {
  readonly entryPoints?: readonly string[];
  readonly using?: readonly string[];
  readonly middlewares?: readonly string[];
  readonly service?: string;
  readonly rule?: string;
  readonly priorityStr?: string;
  readonly tls?: { readonly passthrough: boolean; readonly options?: string };
}

export interface ServerEntry {
  readonly address?: string;
  readonly tls?: boolean;
  readonly weight?: number;
  readonly backup?: boolean;
  readonly maxConnections?: number;
}

export interface ServiceEntry extends ObjectEntry {
  readonly type?: string;
  readonly loadBalancer?: {
    readonly servers?: readonly ServerEntry[];
    readonly serversTransport?: string;
    readonly strategy?: string;
    readonly healthCheck?: Readonly<Record<string, unknown>>;
  };
  readonly weighted?: {
    readonly services?: readonly { readonly name?: string; readonly weight: number }[];
  };
}

export interface MiddlewareEntry extends ObjectEntry {
  readonly type?: string;
}

export interface Finding {
  readonly id: string;
  readonly code: string;
  readonly severity: Severity;
  readonly provider?: string;
  readonly object?: ObjectRef;
  readonly at: Place;
  readonly related: readonly Place[];
  readonly message: string;
  readonly value?: string;
  readonly fix?: string;
  readonly since: string;
}

export interface Figures {
  readonly open?: number;
  /** Bytes from clients, and to them, since the start. */
  readonly sent?: number;
  readonly received?: number;
  readonly dialFailures?: number;
}

export interface LiveServer extends Figures {
  readonly status?: 'UP' | 'DOWN';
  readonly owners?: readonly string[];
  readonly leaving?: boolean;
}

export interface LiveService extends Figures {
  readonly servers: Readonly<Record<string, LiveServer>>;
}

export interface ProviderHealth {
  readonly name: string;
  readonly delivered: boolean;
  readonly lastSuccess?: string;
  readonly ageSeconds?: number;
  readonly failingSince?: string;
  readonly error?: string;
}

export interface IdentityHealth {
  readonly status: string;
  readonly detail?: string;
  readonly spiffeId?: string;
  readonly expiresAt?: string;
}

/** Of the sources, and who we are. */
export interface Health {
  readonly ready: boolean;
  readonly providers: readonly ProviderHealth[];
  readonly spiffe?: IdentityHealth;
  readonly connect?: readonly (IdentityHealth & { readonly provider: string })[];
}

/** `/api/live`. */
export interface Live {
  readonly clockMs: number;
  readonly revisions: { readonly configuration: number; readonly findings: number };
  readonly health: Health;
  readonly open: number;
  readonly entryPoints: Readonly<Record<string, Figures>>;
  readonly routers: Readonly<Record<string, Figures>>;
  readonly services: Readonly<Record<string, LiveService>>;
}

export interface Version {
  readonly Version: string;
  readonly startDate: string;
}

export interface OpenConnection {
  readonly id: number;
  readonly entryPoint: string;
  readonly client: string;
  readonly serverName?: string;
  readonly router?: string;
  readonly service?: string;
  readonly server?: string;
  readonly phase: string;
  readonly ageSeconds: number;
  readonly sent: number;
  readonly received: number;
}

/** What stays as it is until `revisions` say otherwise. */
export interface Configuration {
  readonly entryPoints: readonly EntryPointEntry[];
  readonly routers: readonly RouterEntry[];
  readonly services: readonly ServiceEntry[];
  readonly middlewares: readonly MiddlewareEntry[];
  readonly serversTransports: readonly ObjectEntry[];
  readonly tlsOptions: readonly ObjectEntry[];
}
