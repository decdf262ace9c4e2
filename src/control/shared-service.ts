import type { MergedService, OwnedServer } from '../config/merged.js';
import { isBroken, type ServiceConfig } from '../config/model.js';
import type { Part } from '../config/provider.js';
import { plainMerged } from './carry.js';
import { equal, type Claim, type Holding, type Losses } from './claims.js';

/** DKR-40: two owners share a service if they say the same about everything but its servers. */
export function isSameService(a: ServiceConfig, b: ServiceConfig): boolean {
  return a.loadBalancer && b.loadBalancer
    ? equal(withoutServers(a), withoutServers(b))
    : equal(a, b);
}

const withoutServers = ({ loadBalancer, ...rest }: ServiceConfig) => ({
  ...rest,
  loadBalancer: { ...loadBalancer, servers: undefined },
});

export interface SharedService {
  readonly name: string;
  readonly qualified: string;
  readonly provider: string;
  readonly holding: Holding<ServiceConfig>;
  readonly parts: readonly Part[];
  readonly losses: Losses;
}

/** A service with the servers of all owners that share it. */
export function sharedService(shared: SharedService): MergedService {
  const { qualified, provider, holding } = shared;
  const claims = joining(shared);
  const merged = plainMerged(qualified, provider, { ...holding, claims });
  const servers = serversOf(claims);
  const { loadBalancer } = merged.config;
  const config = loadBalancer
    ? {
        ...merged.config,
        loadBalancer: { ...loadBalancer, servers: servers.map(({ server }) => server) },
      }
    : merged.config;
  return { ...merged, config, servers };
}

/**
 * D10: a server joins a shared service only while every router that its owner declared for that
 * service is in force, so that a half-taken configuration gets no traffic. The oldest stays.
 */
function joining({
  name,
  provider,
  holding,
  parts,
  losses,
}: SharedService): Holding<ServiceConfig>['claims'] {
  const [incumbent, ...others] = holding.claims;
  const byOwner = new Map(parts.map((part) => [part.owner.id, part]));
  const inForce = ({ owner }: Claim<ServiceConfig>) =>
    routersFor(byOwner.get(owner.id), [name, `${name}@${provider}`]).every(
      (router) => !isBroken(router) && !losses.has(owner, 'router', router.name),
    );
  const all = [incumbent, ...others].filter(inForce);
  const [first, ...rest] = all.length === 0 ? [incumbent] : all;
  return first === undefined ? holding.claims : [first, ...rest];
}

function routersFor(part: Part | undefined, names: readonly string[]) {
  return [...(part?.config.routers.values() ?? [])].filter(({ config }) =>
    names.includes(config.service ?? ''),
  );
}

/** DKR-42: an address that an older owner has already is not taken twice. */
function serversOf(claims: readonly Claim<ServiceConfig>[]): readonly OwnedServer[] {
  const servers: OwnedServer[] = [];
  for (const { owner, declared } of claims) {
    const taken = new Set(servers.map(({ server }) => server.address));
    (declared.config.loadBalancer?.servers ?? []).forEach((server, index) => {
      if (server.address !== undefined && taken.has(server.address)) return;
      const at = declared.places.get(`loadBalancer.servers[${index}].address`) ?? declared.at;
      servers.push({ owner, server, at });
    });
  }
  return servers;
}
