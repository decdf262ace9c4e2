import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import test from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { entryPointView } from '../../src/api/entry-points.js';
import { parseCommand } from '../../src/cli/command.js';
import { healthcheck } from '../../src/cli/healthcheck.js';
import { loadStatic } from '../../src/config/static/load.js';
import type { EntryPointConfig, StaticConfig } from '../../src/config/static.js';

interface Vector {
  readonly id: string;
  readonly input: {
    readonly args: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly file?: { readonly name: string; readonly text: string };
    readonly files?: Readonly<Record<string, string>>;
  };
  readonly traefik: Outcome | { readonly variants: readonly Outcome[] };
  readonly sluice?: { readonly decision: string };
}

/** What was accepted is compared as far as it follows from the configuration. */
interface Outcome {
  readonly accepted: boolean;
  readonly listening?: readonly string[];
  readonly entrypoints?: readonly Readonly<Record<string, unknown>>[];
  readonly overview?: {
    readonly providers?: readonly string[];
    readonly features: Readonly<Record<string, unknown>>;
  };
  readonly api?: 'off';
}

/** What we decided otherwise: refused for these reasons, or accepted with this said. */
interface Ours {
  readonly accepted: boolean;
  readonly codes: readonly string[];
  /** What differs from Traefik's outcome. */
  readonly outcome?: Partial<Outcome>;
}

const NO_FEATURES = { features: { tracing: '', metrics: '', accessLog: false } };
const TCP = { address: '127.0.0.1:{port:tcp}', name: 'tcp' };
const API = { address: '127.0.0.1:{port:api}', name: 'traefik' };

const OURS: Readonly<Record<string, Ours>> = {
  // The vector names no decision: D23 has any bad configuration end with 2.
  'file-docker-bad-endpoint': { accepted: false, codes: ['bad-value'] },
  'file-typo-nested': { accepted: false, codes: ['unknown-key'] },
  'file-silences-flags': { accepted: true, codes: ['ignored'] },
  'file-unknown-flag-without-value': { accepted: false, codes: ['unknown-key'] },
  'file-missing-with-flags': { accepted: false, codes: ['missing'] },
  'file-default-location-silences-flags': { accepted: true, codes: ['ignored'] },
  'flags-stray-word': { accepted: false, codes: ['syntax'] },
  'flags-value-apart-map': {
    accepted: true,
    codes: [],
    outcome: {
      listening: ['127.0.0.1:{port:api}', '127.0.0.1:{port:tcp}', '127.0.0.1:{port:a}'],
      entrypoints: [{ address: '127.0.0.1:{port:a}', name: 'other' }, TCP, API],
      overview: NO_FEATURES,
    },
  },
  'flags-list-repeated': {
    accepted: true,
    codes: [],
    outcome: {
      listening: ['127.0.0.1:{port:api}', '127.0.0.1:{port:tcp}'],
      entrypoints: [{ ...TCP, proxyProtocol: { trustedIPs: ['10.0.0.0/8', '127.0.0.1'] } }, API],
      overview: NO_FEATURES,
    },
  },
  'flags-providers-docker-true-apart': { accepted: false, codes: ['syntax'] },
  // A command of ours (D23).
  'flags-unknown-command': { accepted: true, codes: [] },
  'env-with-one-flag': { accepted: true, codes: ['ignored'] },
  'file-ep-null': { accepted: true, codes: ['ignored'] },
  'file-ep-address-empty': { accepted: false, codes: ['missing'] },
  'file-ep-address-taken': { accepted: false, codes: ['conflict'] },
  'file-ep-http-options': {
    accepted: true,
    codes: ['ignored'],
    // Options of HTTP's are not kept, not even to be shown.
    outcome: { entrypoints: [API, { address: '127.0.0.1:{port:a}', name: 'x' }] },
  },
  'file-docker-null': {
    accepted: true,
    codes: ['ignored'],
    outcome: {
      listening: ['127.0.0.1:{port:api}', '127.0.0.1:{port:tcp}'],
      entrypoints: [TCP, API],
      overview: NO_FEATURES,
    },
  },
  'file-other-providers': { accepted: false, codes: ['unknown-key', 'unknown-key'] },
  'file-transport-spiffe': {
    accepted: true,
    codes: [],
    outcome: { entrypoints: [TCP, API], overview: NO_FEATURES },
  },
  'file-spiffe-address-nobody-there': {
    accepted: true,
    codes: [],
    outcome: { entrypoints: [TCP, API], overview: NO_FEATURES },
  },
  'file-access-log-and-tracing': {
    accepted: true,
    codes: ['ignored'],
    outcome: { overview: { features: { tracing: '', metrics: '', accessLog: true } } },
  },
};

const { vectors, entrypointDefaults } = JSON.parse(
  readFileSync('test/conformance/vectors/static.json', 'utf8'),
) as { readonly vectors: readonly Vector[]; readonly entrypointDefaults: Record<string, unknown> };
const pending = JSON.parse(readFileSync('test/conformance/pending.json', 'utf8')) as {
  readonly static?: Readonly<Record<string, number>>;
};

const DIR = '/the/folder';
const PORTS = ['api', 'tcp', 'a', 'b'].map(
  (name, index) => [name, String(40_001 + index)] as const,
);

/** Puts a folder and ports in the place of the placeholders, wherever they stand. */
function filled<T>(value: T): T {
  let text = JSON.stringify(value).replaceAll('{dir}', DIR);
  for (const [name, port] of PORTS) text = text.replaceAll(`{port:${name}}`, port);
  return JSON.parse(text) as T;
}

interface Found extends Outcome {
  readonly codes: readonly string[];
}

async function outcomeOf({ args, env = {}, file, files = {} }: Vector['input']): Promise<Found> {
  const command = parseCommand(args);
  if (!('argv' in command)) return { accepted: true, codes: [] };
  const texts = new Map(
    [...Object.entries(files), ...(file ? [[file.name, file.text] as const] : [])].map(
      ([name, text]) => [posix.join(DIR, name), text],
    ),
  );
  const loaded = loadStatic({
    argv: command.argv,
    env: { HOME: DIR, ...env },
    readFile: (path) => texts.get(posix.resolve(DIR, path)),
    node: '24.0.0',
  });
  const codes = loaded.diagnostics
    .filter(({ severity }) => severity === (loaded.ok ? 'warning' : 'error'))
    .map(({ code }) => code);
  if (!loaded.ok) return { accepted: false, codes };
  if (command.kind === 'check') return { accepted: true, codes };
  if (command.kind === 'healthcheck') {
    const { code } = await healthcheck(loaded.config);
    return { accepted: code === 0, codes };
  }
  return { accepted: true, codes, ...shownOf(loaded.config) };
}

function shownOf(config: StaticConfig): Omit<Outcome, 'accepted'> {
  const { docker, file, consulCatalog } = config.providers;
  const providers = [
    ...(docker.length > 0 ? ['Docker'] : []),
    ...(file ? ['File'] : []),
    ...(consulCatalog ? ['ConsulCatalog'] : []),
  ];
  const entryPoints = [...config.entryPoints.values()];
  const listening = entryPoints.filter(({ protocol }) => protocol === 'tcp').map(socketOf);
  const metrics = config.metrics?.['prometheus'] === undefined ? '' : 'Prometheus';
  return {
    listening: [...new Set(listening)].sort(),
    ...(config.api?.insecure !== true || config.api.basePath !== '/'
      ? { api: 'off' }
      : {
          entrypoints: entryPoints.map(withoutDefaults),
          overview: {
            ...(providers.length > 0 && { providers }),
            features: { tracing: '', metrics, accessLog: config.accessLog !== undefined },
          },
        }),
  };
}

function socketOf({ host, port }: EntryPointConfig): string {
  const address = host === '' ? '*' : host === 'localhost' ? '127.0.0.1' : host;
  return `${address}:${port === 0 ? 'random' : port}`;
}

function withoutDefaults(entryPoint: EntryPointConfig): Readonly<Record<string, unknown>> {
  const view = JSON.parse(JSON.stringify(entryPointView(entryPoint))) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(view).filter(
      ([name, value]) => !isDeepStrictEqual(value, entrypointDefaults[name]),
    ),
  );
}

/** Of Traefik's outcome, what can be compared. */
function comparable(outcome: Outcome): Outcome {
  const { accepted, listening, entrypoints, overview, api } = outcome;
  if (!accepted || listening === undefined) return { accepted };
  return {
    accepted,
    listening: listening.toSorted(),
    ...(entrypoints && { entrypoints }),
    ...(overview && { overview }),
    ...(api && { api }),
  };
}

function check({ id, input, traefik, sluice }: Vector, found: Found): void {
  const { codes, ...outcome } = found;
  if (!sluice && OURS[id] === undefined) {
    assert.ok(!('variants' in traefik), 'Traefik is not deterministic here: what do we do?');
    assert.deepEqual(outcome, comparable(filled(traefik)), JSON.stringify(input));
    return;
  }
  const ours = OURS[id] ?? assert.fail('what do we do instead?');
  assert.deepEqual(codes.toSorted(), ours.codes);
  if (!ours.accepted) {
    assert.equal(outcome.accepted, false);
    return;
  }
  const { api, ...same }: Outcome = 'variants' in traefik ? { accepted: true } : traefik;
  const isApiOff = api !== undefined && ours.outcome?.entrypoints === undefined;
  const expected = { ...same, ...(isApiOff && { api }), accepted: true, ...ours.outcome };
  assert.deepEqual(outcome, comparable(filled(expected)));
}

for (const vector of vectors) {
  const issue = pending.static?.[vector.id];
  test(`static: ${vector.id}${issue === undefined ? '' : ` waits for issue ${issue}`}`, async () => {
    const found = await outcomeOf(filled(vector.input));
    if (issue === undefined) check(vector, found);
    else assert.throws(() => check(vector, found), 'it passes: take it off the pending list');
  });
}
