import { join } from 'node:path';
import { consulProvider } from '../../../providers/consul/consul.js';
import type { Instance } from '../../../providers/consul/registered.js';
import type { DockerApi } from '../../../providers/docker/api.js';
import { dockerProvider, type DockerOutside } from '../../../providers/docker/docker.js';
import { readContainer, type Container } from '../../../providers/docker/inspected.js';
import { readListed } from '../../../providers/docker/listed.js';
import { fileProvider } from '../../../providers/file/file.js';
import type { Diagnostic } from '../../../src/config/diagnostic.js';
import type { Provider } from '../../../src/config/provider.js';
import type { ConsulCatalogConfig, DockerConfig } from '../../../src/config/static.js';
import { look } from '../../../src/look.js';
import type { RuntimeView } from '../../../src/routing/runtime.js';
import { consulConfig, instance } from '../../support/consul.js';
import {
  container,
  dockerConfig,
  inspection,
  listing,
  type ContainerSketch,
} from '../../support/docker.js';
import { FakeCatalogue } from '../../support/fake-catalogue.js';
import { folderWith, write } from '../../support/folder.js';
import { accepted, load } from '../../support/static.js';

/** What a user has set up, as far as it concerns Sluice. */
export interface Setup {
  readonly containers?: readonly ContainerSketch[];
  /** The networks of Sluice's own container, with its addresses; without them it runs on the machine. */
  readonly within?: Readonly<Record<string, string>>;
  /** Ports that the container publishes. */
  readonly publishes?: readonly number[];
  readonly docker?: Partial<DockerConfig>;
  readonly instances?: readonly Instance[];
  readonly consul?: Partial<ConsulCatalogConfig>;
  /** Of the folder of the file provider, by name. In values `DIR` stands for the folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** What else is to be done to that folder. */
  readonly prepare?: (folder: string) => void;
  /** Flags beside the entry points `pg` (the default), `web` and `other`. */
  readonly flags?: readonly string[];
}

/** What Sluice makes of it. */
export interface Outcome {
  readonly diagnostics: readonly Diagnostic[];
  readonly runtime: RuntimeView;
}

const ENTRY_POINTS = [
  '--entryPoints.pg.address=:5432',
  '--entryPoints.pg.asDefault=true',
  '--entryPoints.web.address=:443',
  '--entryPoints.other.address=:9000',
];

/** The router `beside` of each provider: right, and on an entry point of its own. */
const ROUTE = { rule: 'HostSNI(`*`)', entryPoints: 'other', service: 'beside' };
const LABELS: Readonly<Record<string, string>> = {
  'traefik.enable': 'true',
  ...Object.fromEntries(
    Object.entries(ROUTE).map(([key, value]) => [
      `traefik.tcp.routers.beside.${key.toLowerCase()}`,
      value,
    ]),
  ),
  'traefik.tcp.services.beside.loadbalancer.server.port': '1',
};
const FILE = `
tcp:
  routers: { beside: ${JSON.stringify({ ...ROUTE, entryPoints: ['other'] })} }
  services: { beside: { loadBalancer: { servers: [{ address: "10.0.0.1:1" }] } } }
`;

/** Makes of a setup, beside what is right, what the program would serve; listens and dials nowhere. */
export async function outcomeOf(
  setup: Setup,
  use: { after(done: () => void): void },
): Promise<Outcome> {
  const loaded = load({ args: [...ENTRY_POINTS, ...(setup.flags ?? [])] });
  const providers: Provider[] = [];
  if (setup.containers) providers.push(dockerOf(setup, setup.containers));
  if (setup.instances) providers.push(consulOf(setup, setup.instances));
  if (setup.files) providers.push(fileOf(setup, setup.files, use));
  const seen = await look({
    config: accepted(loaded),
    findings: loaded.diagnostics,
    configured: providers.map((provider) => ({ provider, endpoint: '', type: '' })),
    inferEntryPoints: false,
  });
  const [lost] = seen.lost;
  if (lost) throw new Error(`${lost.provider}: ${lost.why}`);
  return { diagnostics: seen.diagnostics, runtime: seen.compiled.runtime };
}

function dockerOf(
  { docker, within, publishes = [] }: Setup,
  sketches: readonly ContainerSketch[],
): Provider {
  const networks = within ?? { bridge: '172.17.0.3' };
  const beside = { name: 'beside', labels: LABELS, networks, ports: ['1/tcp'] };
  const there = [...sketches, beside];
  const all = there.map((sketch) => container(sketch));
  const listed = readListed(there.map(listing), true);
  const self = readContainer(
    inspection({
      name: 'sluice',
      networks,
      published: Object.fromEntries(publishes.map((port) => [`${port}/tcp`, [`0.0.0.0:${port}`]])),
    }),
  );
  const find = (reference: string): Container | undefined =>
    reference === 'sluice' ? self : all.find(({ id, name }) => [id, name].includes(reference));
  const api: DockerApi = {
    atOnce: 4,
    list: () => Promise.resolve(listed),
    inspect: (reference) => Promise.resolve(find(reference)),
    events: () => Promise.reject(new Error('nobody watches')),
  };
  const outside: DockerOutside = {
    connect: () => Promise.resolve(api),
    marks: () => ({
      candidates: within ? ['sluice'] : [],
      isContained: within !== undefined,
      addresses: new Set(Object.values(networks)),
    }),
    resolve: () => Promise.reject(new Error('no such name')),
    times: {
      fullList: 60_000,
      settle: 60_000,
      confirmEmpty: 0,
      retryInspect: 5_000,
      eventDelay: 0,
      steady: 5_000,
      stopGrace: 5_000,
    },
  };
  const listening = [
    { entryPoint: 'pg', port: 5432 },
    { entryPoint: 'web', port: 443 },
    { entryPoint: 'other', port: 9000 },
  ];
  return dockerProvider(dockerConfig({ ...docker, watch: false }), outside, undefined, listening);
}

function consulOf({ consul }: Setup, instances: readonly Instance[]): Provider {
  const catalogue = new FakeCatalogue();
  const prefix = consul?.prefix ?? 'traefik';
  const tags = Object.entries(LABELS).map(
    ([key, value]) => `${key.replace('traefik', prefix)}=${value}`,
  );
  const all = [...instances, instance(tags, { service: 'beside', id: 'beside1' })];
  for (const service of new Set(all.map((one) => one.service))) {
    catalogue.put(service, ...all.filter((one) => one.service === service));
  }
  return consulProvider(consulConfig(consul), '', () => Promise.resolve(catalogue.api));
}

function fileOf(
  { prepare }: Setup,
  files: Readonly<Record<string, string>>,
  use: { after(done: () => void): void },
): Provider {
  const folder = folderWith(use, { 'beside.yml': FILE });
  for (const [name, text] of Object.entries(files)) {
    write(join(folder, name), text.replaceAll('DIR', folder));
  }
  prepare?.(folder);
  return fileProvider({ directory: folder, filename: undefined, watch: false, env: {} });
}
