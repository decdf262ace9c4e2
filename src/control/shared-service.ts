import type { Diagnostic } from '../config/diagnostic.js';
import type { MergedService, OwnedServer } from '../config/merged.js';
import type { Declared, RouterConfig, ServiceConfig } from '../config/model.js';
import type { Part } from '../config/provider.js';
import { mergedOf } from './carry.js';
import { qualified, type Claim, type Holding } from './claim.js';
import { contentOf } from './content.js';
import { FILE } from './reserved.js';
import type { Settlement } from './settlement.js';

const settings = new WeakMap<ServiceConfig, string>();

/** DKR-40: two owners share a service if they say the same about everything but its servers. */
export function settingsOf(service: ServiceConfig): string {
  const known = settings.get(service);
  if (known !== undefined) return known;
  const { loadBalancer, ...rest } = service;
  const text = contentOf(
    loadBalancer ? { ...rest, loadBalancer: { ...loadBalancer, servers: undefined } } : service,
  );
  settings.set(service, text);
  return text;
}

type ServiceClaims = Holding<ServiceConfig>['claims'];

/** Makes services of what their owners declare. Routers must be settled before. */
export class SharedServices {
  readonly #settlement: Settlement;

  constructor(settlement: Settlement) {
    this.#settlement = settlement;
  }

  /** A service with the servers of all owners that share it. */
  merge(holding: Holding<ServiceConfig>): MergedService {
    const { provider } = this.#settlement;
    const claims = this.#joining(holding);
    const merged = mergedOf('service', provider, { ...holding, claims });
    const servers = this.#serversOf(holding.name, claims);
    const { loadBalancer } = merged.config;
    if (claims.length === 1 || !loadBalancer) return { ...merged, servers };
    const all = { ...loadBalancer, servers: servers.map(({ server }) => server) };
    return { ...merged, config: { ...merged.config, loadBalancer: all }, servers };
  }

  /**
   * D10: a server joins a shared service only while every router that its owner declared for that
   * service is in force, so that a configuration taken by half gets no traffic. If that is true of
   * nobody, the oldest stays, with those who say the same about these routers.
   */
  #joining({ name, claims }: Holding<ServiceConfig>): ServiceClaims {
    // Files do not merge servers (FIL-20); they have declared the same ones here.
    if (claims.length === 1 || this.#settlement.provider === FILE) return [claims[0]];
    const down = claims.map(({ part }) => this.#routerDown(part, name));
    const isNobodyUp = !down.includes(undefined);
    const oldest = isNobodyUp ? this.#routersText(claims[0].part, name) : '';
    const joining: Claim<ServiceConfig>[] = [];
    for (const [index, claim] of claims.entries()) {
      const router = down[index];
      const joins = isNobodyUp
        ? this.#routersText(claim.part, name) === oldest
        : router === undefined;
      if (joins) joining.push(claim);
      else if (router) this.#say(name, claim, staysOut(claim, router));
    }
    const [first = claims[0], ...others] = joining;
    return [first, ...others];
  }

  /** DKR-42: an address that an older owner has already is not taken twice. */
  #serversOf(name: string, claims: ServiceClaims): readonly OwnedServer[] {
    if (claims.length === 1) return ownedServers(claims[0]);
    const servers: OwnedServer[] = [];
    const holders = new Map<string, Claim<ServiceConfig>>();
    for (const claim of claims) {
      for (const server of ownedServers(claim)) {
        const { address = '' } = server.server;
        const holder = holders.get(address);
        if (holder !== undefined && holder !== claim) {
          this.#say(name, claim, takenAddress(address, holder));
          continue;
        }
        if (address !== '') holders.set(address, claim);
        servers.push(server);
      }
    }
    return servers;
  }

  #routerDown(part: Part, service: string): Declared<RouterConfig> | undefined {
    return this.#routersFor(part, service).find(({ name }) =>
      this.#settlement.isDown(part, 'router', name),
    );
  }

  #routersFor(part: Part, service: string): readonly Declared<RouterConfig>[] {
    const byService = routersByService(part);
    const short = byService.get(service);
    const long = byService.get(`${service}@${this.#settlement.provider}`);
    return short && long ? [...short, ...long] : (short ?? long ?? []);
  }

  #routersText(part: Part, service: string): string {
    const texts = this.#routersFor(part, service).map(({ name, config }) => [
      name,
      contentOf(config),
    ]);
    return JSON.stringify(texts.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)));
  }

  #say(
    name: string,
    { declared }: Claim<ServiceConfig>,
    finding: Omit<Diagnostic, 'provider' | 'object' | 'at'>,
  ): void {
    const { provider, diagnostics } = this.#settlement;
    const object = { kind: 'service', name: qualified('service', name, provider) } as const;
    diagnostics.push({ provider, object, at: declared.at, ...finding });
  }
}

const owned = new WeakMap<Declared<ServiceConfig>, readonly OwnedServer[]>();

/** The same objects as long as the declaration is the same. */
function ownedServers({ part, declared }: Claim<ServiceConfig>): readonly OwnedServer[] {
  const known = owned.get(declared);
  if (known !== undefined) return known;
  const { owner } = part;
  const found = (declared.config.loadBalancer?.servers ?? []).map((server, index) => {
    const at = declared.places.get(`loadBalancer.servers[${index}].address`) ?? declared.at;
    return { owner, server, at };
  });
  owned.set(declared, found);
  return found;
}

type RoutersByService = ReadonlyMap<string, readonly Declared<RouterConfig>[]>;

const routers = new WeakMap<Part, RoutersByService>();

/** An owner's routers by the service that they name, as written. */
function routersByService(part: Part): RoutersByService {
  const known = routers.get(part);
  if (known !== undefined) return known;
  const byService = new Map<string, Declared<RouterConfig>[]>();
  for (const router of part.config.routers.values()) {
    const { service = '' } = router.config;
    const others = byService.get(service);
    if (others) others.push(router);
    else byService.set(service, [router]);
  }
  routers.set(part, byService);
  return byService;
}

const staysOut = (
  { part, declared }: Claim<ServiceConfig>,
  router: Declared<RouterConfig>,
): Omit<Diagnostic, 'provider' | 'object' | 'at'> => ({
  code: 'broken-reference',
  severity: 'info',
  related: [router.at],
  message: `the servers of ${part.owner.name} stay out of service "${declared.name}" while its router "${router.name}" is not in force`,
  value: declared.name,
  fix: `mend router "${router.name}" of ${part.owner.name}`,
});

const takenAddress = (
  address: string,
  { part, declared }: Claim<ServiceConfig>,
): Omit<Diagnostic, 'provider' | 'object' | 'at'> => ({
  code: 'ignored',
  severity: 'info',
  related: [declared.at],
  message: `${part.owner.name} has the server "${address}" in this service already`,
  value: address,
});
