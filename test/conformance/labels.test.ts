import { dockerProvider } from '../../providers/docker/docker.js';
import { decodeDocument } from '../../src/config/decode/document.js';
import type { Part, Snapshot } from '../../src/config/provider.js';
import type { DockerConfig } from '../../src/config/static.js';
import type { CompileOptions } from '../../src/routing/compile.js';
import { entryPoint } from '../support/compile-options.js';
import { dockerConfig } from '../support/docker.js';
import { FakeEngine } from '../support/fake-engine.js';
import { OURS } from './labels-decided.js';
import {
  assertAsTraefik,
  assertOurs,
  outcomeOf,
  type Outcome,
  type RawOutcome,
} from './support/compare.js';
import { conform } from './support/vectors.js';

interface Described {
  readonly name: string;
  readonly ports: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly networks?: readonly string[];
  readonly state?: string;
  readonly health?: string;
  readonly networkMode?: string;
  readonly published?: Readonly<Record<string, readonly string[]>>;
}

interface Input {
  readonly containers: readonly Described[];
  readonly provider?: Partial<DockerConfig>;
  readonly files?: Readonly<Record<string, string>>;
  readonly static?: {
    readonly core?: { readonly defaultRuleSyntax: 'v2' | 'v3' };
    readonly entryPoints?: Readonly<Record<string, { readonly asDefault: boolean }>>;
  };
}

/** What stands for `{ip:NAME}` and, with several networks, `{ip:NAME@NETWORK}`. */
function addressesOf(containers: readonly Described[]): ReadonlyMap<string, string> {
  return new Map(
    containers.flatMap(({ name, networks = [] }, index) =>
      ['', ...networks].map((network, subnet) => [
        network === '' ? `{ip:${name}}` : `{ip:${name}@${network}}`,
        // A container on one network of its own is not on the default one.
        `172.${17 + (networks.length === 1 ? 1 : subnet)}.0.${2 + index}`,
      ]),
    ),
  );
}

async function snapshotOf({ containers, provider }: Input): Promise<Snapshot> {
  const addresses = addressesOf(containers);
  const engine = new FakeEngine(
    ...containers.map(({ networks, ...described }, age) => ({
      ...described,
      networks: networks && attached(described.name, networks, addresses),
      startedAt: `2026-11-24T10:39:${10 + age}Z`,
      ...(networks === undefined &&
        described.networkMode === undefined && {
          networks: { bridge: addresses.get(`{ip:${described.name}}`) ?? '' },
        }),
    })),
  );
  const config = dockerConfig({ ...provider, watch: false });
  const { signal } = new AbortController();
  for await (const snapshot of dockerProvider(config, engine.outside()).watch(signal))
    return snapshot;
  throw new Error('the provider delivered nothing');
}

const attached = (
  name: string,
  networks: readonly string[],
  addresses: ReadonlyMap<string, string>,
) =>
  Object.fromEntries(
    networks.map((network) => [network, addresses.get(`{ip:${name}@${network}}`) ?? '']),
  );

function filesOf(files: Readonly<Record<string, string>>): Snapshot {
  const parts = Object.entries(files).map(([path, text], since): Part => {
    const decoded = decodeDocument(text, { path, format: 'yaml', provider: 'file', env: {} });
    const owner = { kind: 'file', id: path, name: path, since } as const;
    return { owner, config: decoded.config, diagnostics: decoded.diagnostics };
  });
  return { parts, diagnostics: [] };
}

function optionsOf({ static: written }: Input): Partial<CompileOptions> {
  const asDefault = (name: string) => ({
    asDefault: written?.entryPoints?.[name]?.asDefault ?? false,
  });
  return {
    entryPoints: ['tcp', 'alt', 'traefik'].map((name) => entryPoint(name, asDefault(name))),
    defaultRuleSyntax: written?.core?.defaultRuleSyntax ?? 'v3',
  };
}

async function outcome(input: Input): Promise<Outcome> {
  const snapshots = new Map([['docker', await snapshotOf(input)]]);
  if (input.files) snapshots.set('file', filesOf(input.files));
  return outcomeOf(snapshots, optionsOf(input));
}

/** With addresses in the place of their names. */
function filled(traefik: RawOutcome, { containers }: Input): RawOutcome {
  let text = JSON.stringify(traefik);
  for (const [name, address] of addressesOf(containers)) text = text.replaceAll(name, address);
  return JSON.parse(text) as RawOutcome;
}

conform<Input, RawOutcome>('labels', async ({ id, input, traefik, sluice }) => {
  if (sluice) assertOurs(await outcome(input), OURS[id]);
  else assertAsTraefik(await outcome(input), filled(traefik, input));
});
