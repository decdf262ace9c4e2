import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileProvider } from '../../providers/file/file.js';
import { loadStatic } from '../../src/config/static/load.js';
import type { Snapshot } from '../../src/config/provider.js';
import { write } from '../support/folder.js';
import {
  assertAsTraefik,
  assertOurs,
  outcomeOf,
  type OurOutcome,
  type RawOutcome,
} from './support/compare.js';
import { decodedOf, withoutTlsDefaults, type Decoded } from './support/decoded.js';
import { conform } from './support/vectors.js';

interface Input {
  readonly files: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** `{dir}/dyn` is the folder of the files. */
  readonly provider?: {
    readonly filename?: string;
    readonly directory?: string;
    readonly watch?: boolean;
  };
}

interface Outcome extends RawOutcome {
  readonly decoded?: Decoded | 'nothing delivered';
}

const working = {
  routers: { 'r@file': 'enabled → s' },
  services: { 's@file': 'enabled 192.0.2.1:1' },
};

/** Router r is disabled, service s works. */
const broken = (...said: readonly string[]): OurOutcome => ({
  ...working,
  routers: { 'r@file': 'disabled → s' },
  said,
});

const brokenTls = { ...working, routers: { 'r@file': 'disabled tls → s' } };

const times = (count: number, text: string) => Array<string>(count).fill(text);

const spiffeIsOff = ['error missing mytransport@file', ...times(3, 'warning ignored mytransport')];

/** What we decided otherwise, by id. */
const OURS: Readonly<Record<string, OurOutcome>> = {
  'priority-float': broken('error bad-value r'),
  'service-number': {
    routers: { 'r@file': 'enabled → 42' },
    services: { '42@file': 'enabled 192.0.2.1:1' },
    said: [],
  },
  'tls-null': broken('error bad-value r'),
  'tls-one': broken('error bad-value r'),
  'passthrough-yes': { ...brokenTls, said: ['error bad-value r'] },
  'passthrough-on': { ...brokenTls, said: ['error bad-value r'] },
  'passthrough-empty-string': { ...brokenTls, said: ['error bad-value r'] },
  'list-of-plain-values-for-objects': {
    ...brokenTls,
    said: times(2, 'error bad-value r'),
  },
  'tls-options-unknown-version': {
    ...brokenTls,
    said: ['error unknown-value o@file'],
  },
  'tls-certificate-missing': {
    ...working,
    routers: { 'r@file': 'enabled tls → s' },
    said: ['error unreadable [0]@file'],
  },
  // SPIFFE is not on there, and the paths lead nowhere: the transport says so, and the file loads.
  'seed-yaml': { said: spiffeIsOff },
  'seed-toml': { said: spiffeIsOff },
  'seed-yaml-without-spiffe': {
    routers: { 'r@file': 'disabled → Service01' },
    services: { 'Service01@file': 'enabled 192.0.2.1:1' },
    said: [...times(3, 'error unreadable mytransport@file')],
  },
  'server-addresses': {
    routers: { 'r@file': 'enabled → s' },
    services: {
      's@file':
        'enabled 192.0.2.1:1 192.0.2.1 [2001:db8::1]:2 2001:db8::1:2 host.test:pg :80 - - 192.0.2.1:1',
    },
    said: times(5, 'error bad-value s@file'),
  },
  'transport-tls-empty-server-tls': { ...working, said: [] },
  'transport-tls-all': broken(...times(2, 'error unreadable t@file')),
  'transport-spiffe-not-enabled': broken('error missing t@file'),
  'list-nested': broken('error unknown-key r'),
  'servers-as-map': { services: { 's@file': 'disabled' }, said: ['error bad-value s'] },
  'servers-not-a-list': { services: { 's@file': 'disabled' }, said: ['error bad-value s'] },
  'tcp-empty-map': { said: ['warning missing'] },
  // Nothing of it could be read, and nothing could refer to it: it is said, and not shown.
  'router-null': { services: { 's@file': 'enabled 192.0.2.1:1' }, said: ['error bad-value r'] },
  'loadbalancer-empty-map': { services: { 's@file': 'disabled' }, said: ['error bad-value s'] },
  'name-with-dots-and-at': {
    routers: { 'a.b@file': 'enabled → s' },
    services: { 's@file': 'enabled 192.0.2.1:1' },
    said: ['error bad-value a@b'],
  },
  'unknown-field': {
    routers: { 'ok@file': 'enabled → s', 'r@file': 'disabled → s' },
    services: { 's@file': 'enabled 192.0.2.1:1' },
    said: ['error unknown-key r'],
  },
  'label-spelling-server': { services: { 's@file': 'disabled' }, said: ['error unknown-key s'] },
  'server-http-spelling-url': {
    services: { 's@file': 'disabled -' },
    said: ['error unknown-key s'],
  },
  'yaml-two-documents': { ...working, said: ['warning syntax f.yml'] },
  'http-beside': { ...working, said: ['info ignored'] },
  'transport-duration-bad': broken('error bad-value t'),
  'mw-http-kind': {
    ...working,
    middlewares: { 'm@file': 'disabled' },
    said: ['error unknown-key m'],
  },
  'mw-inflight-empty': {
    ...broken('error bad-value m'),
    middlewares: { 'm@file': 'disabled' },
  },
  'mw-two-kinds': {
    ...broken('error conflict m'),
    middlewares: { 'm@file': 'disabled' },
  },
  'weighted-cycle': {
    routers: { 'r@file': 'disabled → w' },
    services: {
      'a@file': 'enabled 192.0.2.1:1',
      'b@file': 'enabled 192.0.2.2:1',
      'v@file': 'disabled',
      'w@file': 'disabled',
    },
    said: ['error cycle v@file'],
  },
  'weighted-cycle-unused': { services: { 'w@file': 'disabled' }, said: ['error cycle w@file'] },
  // The router of b.yml means its own service, which is not in force (D10).
  'files-same-name': {
    ...working,
    said: ['error conflict s@file'],
  },
  'files-one-bad': {
    routers: { 'a@file': 'enabled → s' },
    services: { 's@file': 'enabled 192.0.2.1:1' },
    said: ['error unknown-key'],
  },
  'files-one-broken-syntax': {
    routers: { 'a@file': 'enabled → s' },
    services: { 's@file': 'enabled 192.0.2.1:1' },
    said: ['error syntax b.yml'],
  },
  // The first of four, which says how many more there are.
  'template-range': { said: ['error template'] },
  'template-function': { said: ['error template'] },
  'template-syntax-error': { said: ['error template'] },
  'template-in-comment': { said: ['error template'] },
};

/** What the provider delivers first, or undefined if the options are refused. */
async function delivered({ files, env = {}, provider = {} }: Input): Promise<Snapshot | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-vector-'));
  const directory = join(folder, 'dyn');
  for (const [name, text] of Object.entries(files)) write(join(directory, name), text);
  const options = Object.entries({
    ...(provider.filename === undefined && { directory }),
    ...provider,
  });
  const argv = options.map(
    ([key, value]) => `--providers.file.${key}=${String(value).replace('{dir}', folder)}`,
  );
  const loaded = loadStatic({ argv, env: {}, readFile: () => undefined });
  const life = new AbortController();
  try {
    if (!loaded.ok || loaded.config.providers.file === undefined) return undefined;
    const file = fileProvider({ ...loaded.config.providers.file, watch: false, env });
    for await (const snapshot of file.watch(life.signal)) return snapshot;
    return undefined;
  } finally {
    life.abort();
    rmSync(folder, { recursive: true });
  }
}

conform<Input, Outcome>('files', async ({ id, input, traefik, sluice }) => {
  const snapshot = await delivered(input);
  if (snapshot === undefined) {
    assert.equal(sluice?.decision, 'BUG-17', 'the options are refused');
    return;
  }
  const outcome = outcomeOf(new Map([['file', snapshot]]));
  if (sluice) {
    assertOurs(outcome, OURS[id]);
    return;
  }
  const { decoded, ...raw } = traefik;
  assertAsTraefik(outcome, raw);
  const ours = decodedOf(snapshot);
  if (decoded === 'nothing delivered') assert.deepEqual(ours, {});
  else if (decoded) assert.deepEqual(ours, withoutTlsDefaults(decoded, ours));
});
