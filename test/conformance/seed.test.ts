import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { Instances } from '../../providers/consul/instances.js';
import { listing } from '../../providers/consul/listing.js';
import { dockerProvider } from '../../providers/docker/docker.js';
import { fileProvider } from '../../providers/file/file.js';
import { decodeDocument, type Format } from '../../src/config/decode/document.js';
import { isBroken, type ServersTransportConfig } from '../../src/config/model.js';
import type { Provider, Snapshot } from '../../src/config/provider.js';
import { merge } from '../../src/control/merge.js';
import { compile, type Compiled } from '../../src/routing/compile.js';
import { settingsOf } from '../../src/routing/transports.js';
import { compileOptions } from '../support/compile-options.js';
import { consulConfig, instance } from '../support/consul.js';
import { dockerConfig } from '../support/docker.js';
import { FakeEngine } from '../support/fake-engine.js';
import { folderWith } from '../support/folder.js';

/** The page that the product was asked for, word by word. */
const DECLARED = {
  yaml: `tcp:
  serversTransports:
    mytransport:
      dialTimeout: "30s"
      dialKeepAlive: "20s"
      terminationDelay: "200ms"
      tls:
        serverName: "example.com"
        certificates:
          - "/path/to/cert1.pem"
          - "/path/to/cert2.pem"
        insecureSkipVerify: true
        rootcas:
          - "/path/to/rootca.pem"
        peerCertURI: "spiffe://example.org/peer"
      spiffe:
        ids:
          - "spiffe://example.org/id1"
          - "spiffe://example.org/id2"
        trustDomain: "example.org"
`,
  toml: `[tcp.serversTransports.mytransport]
  dialTimeout = "30s"
  dialKeepAlive = "20s"
  terminationDelay = "200ms"

  [tcp.serversTransports.mytransport.tls]
    serverName = "example.com"
    certificates = ["/path/to/cert1.pem", "/path/to/cert2.pem"]
    insecureSkipVerify = true
    rootcas = ["/path/to/rootca.pem"]
    peerCertURI = "spiffe://example.org/peer"

  [tcp.serversTransports.mytransport.spiffe]
    ids = ["spiffe://example.org/id1", "spiffe://example.org/id2"]
    trustDomain = "example.org"
`,
};

const ATTACHED = {
  yaml: `tcp:
  services:
    Service01:
      loadBalancer:
        serversTransport: mytransport
`,
  toml: `## Dynamic configuration
[tcp.services]
  [tcp.services.Service01]
    [tcp.services.Service01.loadBalancer]
      serversTransport = "mytransport"
`,
};

const LABEL = 'traefik.tcp.services.Service01.loadBalancer.serversTransport';

const TAG = 'traefik.tcp.services.Service01.loadBalancer.serversTransport=mytransport';

const FORMATS = ['yaml', 'toml'] as const;

const MEANT: ServersTransportConfig = {
  dialTimeout: 30_000,
  dialKeepAlive: 20_000,
  terminationDelay: 200,
  tls: {
    serverName: 'example.com',
    certificates: [{ certFile: '/path/to/cert1.pem' }, { certFile: '/path/to/cert2.pem' }],
    insecureSkipVerify: true,
    rootCAs: ['/path/to/rootca.pem'],
    peerCertURI: 'spiffe://example.org/peer',
  },
  spiffe: {
    ids: ['spiffe://example.org/id1', 'spiffe://example.org/id2'],
    trustDomain: 'example.org',
  },
};

const decode = (text: string, format: Format) =>
  decodeDocument(text, { path: 'f', format, provider: 'file', env: {} });

for (const format of FORMATS) {
  test(`the transport means in ${format} what the page says`, () => {
    const { config, diagnostics, readable } = decode(DECLARED[format], format);
    const transport = config.serversTransports.get('mytransport');
    assert.ok(readable && transport);
    assert.deepEqual(transport.config, MEANT);
    assert.equal(isBroken(transport), false);
    // D5: what would weaken SPIFFE is ignored, and said.
    assert.deepEqual(
      diagnostics.map(({ code, severity }) => [code, severity]),
      Array(3).fill(['ignored', 'warning']),
    );
  });

  test(`each of its options stands for itself in ${format}, and gives no warning`, () => {
    for (const [key, value] of Object.entries(MEANT)) {
      const section = wholeLines(DECLARED[format], format, key);
      const { config, diagnostics } = decode(section, format);
      assert.deepEqual(config.serversTransports.get('mytransport')?.config, { [key]: value });
      assert.deepEqual(diagnostics, [], section);
    }
  });
}

/** The transport with nothing but one of its options. */
function wholeLines(text: string, format: Format, key: string): string {
  const lines = text.split('\n').filter((line) => line !== '');
  const head = lines.slice(0, format === 'yaml' ? 3 : 1);
  const rest = lines.slice(head.length);
  const indent = format === 'yaml' ? 6 : 2;
  const isHead = (line: string) => /\S/.exec(line)?.index === indent;
  const start = rest.findIndex((line) => isHead(line) && new RegExp(`\\b${key}\\b`).test(line));
  const length = rest.slice(start + 1).findIndex(isHead);
  return [...head, ...rest.slice(start, length < 0 ? undefined : start + 1 + length)].join('\n');
}

async function first(provider: Provider): Promise<Snapshot> {
  for await (const snapshot of provider.watch(new AbortController().signal)) return snapshot;
  throw new Error(`${provider.name} delivered nothing`);
}

const files = (t: TestContext, texts: Readonly<Record<string, string>>) =>
  first(
    fileProvider({ directory: folderWith(t, texts), filename: undefined, watch: false, env: {} }),
  );

const container = () =>
  first(
    dockerProvider(
      dockerConfig({ watch: false }),
      new FakeEngine({
        name: 'app',
        ports: ['5432/tcp'],
        labels: { [LABEL]: 'mytransport', 'traefik.tcp.routers.r.rule': 'HostSNI(`*`)' },
      }).outside(),
    ),
  );

async function registration(): Promise<Snapshot> {
  const instances = new Instances(consulConfig(), 'consulcatalog');
  instances.set(listing('web', 'direct'), [
    instance([TAG, 'traefik.tcp.routers.r.rule=HostSNI(`*`)']),
  ]);
  return instances.snapshot();
}

function compiled(snapshots: Readonly<Record<string, Snapshot>>, pending: readonly string[] = []) {
  const merged = merge(new Map(Object.entries(snapshots)), new Set(pending));
  return compile(merged, compileOptions(), undefined);
}

/** A transport with what this version serves of the page. */
const SERVED = DECLARED.yaml.slice(0, DECLARED.yaml.indexOf('      tls:'));

const ROUTER = 'tcp: {routers: {r: {rule: "HostSNI(`*`)", service: Service01}}}';

const transportOf = (generation: Compiled, service: string) =>
  generation.runtime.services.get(service)?.transportName;

const codes = ({ diagnostics }: Compiled) =>
  diagnostics.map(({ severity, code, object }) => `${severity} ${code} ${object?.name ?? ''}`);

for (const format of FORMATS) {
  test(`the service is attached to the transport, in ${format} in one folder`, async (t) => {
    const snapshot = await files(t, {
      [`attached.${format}`]: ATTACHED[format],
      'served.yaml': SERVED,
      'router.yaml': ROUTER,
    });
    const generation = compiled({ file: snapshot });
    assert.equal(transportOf(generation, 'Service01@file'), 'mytransport@file');
    assert.deepEqual(generation.diagnostics, []);
    // It has no server, as on the page.
    assert.ok(generation.table.of('tcp').plain[0]?.service);
    const { config } = generation.runtime.serversTransports.get('mytransport@file') ?? {};
    const { dialTimeout, dialKeepAlive, terminationDelay } = settingsOf(
      config ?? assert.fail('no transport'),
      compileOptions().defaultTransport,
    );
    assert.deepEqual([dialTimeout, dialKeepAlive, terminationDelay], [30_000, 20_000, 200]);
  });
}

for (const [name, provider, snapshot] of [
  ['label', 'docker', container],
  ['tag', 'consulcatalog', registration],
] as const) {
  test(`the ${name} finds the transport of the file (D7)`, async (t) => {
    const generation = compiled({
      [provider]: await snapshot(),
      file: await files(t, { 'served.yaml': SERVED }),
    });
    assert.equal(transportOf(generation, `Service01@${provider}`), 'mytransport@file');
    assert.deepEqual(codes(generation), [`info guessed Service01@${provider}`]);
    const { service } = generation.table.of('tcp').plain[0] ?? {};
    assert.equal(service?.pick([], '', 0)?.transport.terminationDelay, 200);
  });

  test(`before the file has delivered, the ${name} has no route, and no default either (D7)`, async () => {
    const generation = compiled({ [provider]: await snapshot() }, ['file']);
    const [route] = generation.table.of('tcp').plain;
    assert.ok(route !== undefined && route.service === undefined);
    const [finding] = codes(generation).filter((code) => code.includes('Service01'));
    assert.equal(finding, `info unresolved Service01@${provider}`);
  });

  test(`without any file the ${name} is an error, and its router is not served without the transport`, async () => {
    const generation = compiled({ [provider]: await snapshot() });
    const [route] = generation.table.of('tcp').plain;
    assert.ok(route !== undefined && route.service === undefined);
    assert.ok(codes(generation).includes(`error unknown-reference Service01@${provider}`));
  });
}
