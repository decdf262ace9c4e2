import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { ConnectionOptions } from 'node:tls';
import { stringify } from 'yaml';
import { decodeDocument } from '../../src/config/decode/document.js';
import { merge } from '../../src/control/merge.js';
import { compile, type Compiled } from '../../src/routing/compile.js';
import { issue, issueCa, type Issued } from '../support/certificates.js';
import { compileOptions } from '../support/compile-options.js';
import { startProxy, type RunningProxy } from '../support/proxy.js';
import { echo, startServer } from '../support/servers.js';
import { certified } from '../support/terminations.js';
import { TlsClient } from '../support/tls-clients.js';

/** Who is let in by routers that want to know their clients; from the text of a file to the byte. */

const [trusted, stranger] = [issueCa('clients'), issueCa('clients')];
const DAY_MS = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY_MS);

const signed = (issuer: Issued, options: Parameters<typeof issue>[0] = {}): ConnectionOptions => {
  const { chain, key } = issue({ name: 'client', issuer, ...options });
  return { cert: chain, key };
};

const selfSigned = issue({ name: 'client' });
const known = signed(trusted);

const own = [certified('open.test'), certified('wanted.test'), certified('known.test')];

/** `open.test` asks for nothing, `wanted.test` for a certificate if there is one, `known.test` needs one. */
const document = (address: string, ca: Issued) =>
  stringify({
    tcp: {
      routers: Object.fromEntries(
        ['open', 'wanted', 'known'].map((name) => [
          name,
          { rule: `HostSNI(\`${name}.test\`)`, service: 's', tls: { options: name } },
        ]),
      ),
      services: { s: { loadBalancer: { servers: [{ address }] } } },
    },
    tls: {
      certificates: own.map(({ chain, key }) => ({ certFile: chain, keyFile: key })),
      options: {
        open: {},
        wanted: {
          clientAuth: { caFiles: [ca.cert], clientAuthType: 'VerifyClientCertIfGiven' },
        },
        known: { clientAuth: { caFiles: [ca.cert] } },
      },
    },
  });

function compiled(text: string, previous?: Compiled): Compiled {
  const { config, diagnostics } = decodeDocument(text, {
    path: 'f.yml',
    format: 'yaml',
    provider: 'file',
    env: {},
  });
  assert.deepEqual(diagnostics, []);
  const owner = { kind: 'file', id: 'f.yml', name: 'f.yml', since: 0 } as const;
  const parts = [{ owner, config, diagnostics }];
  const merged = merge(new Map([['file', { parts, diagnostics: [] }]]), new Set());
  const result = compile(merged, compileOptions({ builtIn: new Set() }), previous);
  assert.deepEqual(result.diagnostics, []);
  return result;
}

interface Started {
  readonly proxy: RunningProxy;
  /** Puts another authority into force. */
  readonly trust: (ca: Issued) => void;
}

async function started(t: TestContext): Promise<Started> {
  const { address } = await startServer(t, echo);
  let inForce = compiled(document(address, trusted));
  const proxy = await startProxy(t, { table: inForce.table });
  return {
    proxy,
    trust(ca) {
      inForce = compiled(document(address, ca), inForce);
      proxy.proxy.apply(inForce.table);
    },
  };
}

/** Says hello, and what came of it. */
async function talk(t: TestContext, { proxy }: Started, options: ConnectionOptions) {
  const client = new TlsClient(t, proxy.port(), options);
  let session: Buffer | undefined;
  client.stream.on('session', (ticket: Buffer) => (session = ticket));
  client.stream.end('hello');
  await client.ended;
  client.raw.destroy();
  return { isServed: client.received === 'hello', session };
}

const CLIENTS: readonly (readonly [string, ConnectionOptions, ...(readonly boolean[])])[] = [
  // What, and whether open, wanted and known let it in.
  ['one whom the authority signed', known, true, true, true],
  ['none', {}, true, true, false],
  ['one of another authority of the same name', signed(stranger), true, false, false],
  ['a self-signed one', { cert: selfSigned.cert, key: selfSigned.key }, true, false, false],
  ['an expired one', signed(trusted, { notBefore: ago(2), notAfter: ago(1) }), true, false, false],
  [
    'one that is not valid yet',
    signed(trusted, { notBefore: ago(-1), notAfter: ago(-2) }),
    true,
    false,
    false,
  ],
  [
    'one for servers alone',
    signed(trusted, { extendedKeyUsage: ['serverAuth'] }),
    true,
    false,
    false,
  ],
];

for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
  for (const [what, shown, ...verdicts] of CLIENTS) {
    test(`${maxVersion}: who shows ${what} is let in where it is right`, async (t) => {
      const running = await started(t);
      for (const [index, name] of ['open.test', 'wanted.test', 'known.test'].entries()) {
        const { isServed } = await talk(t, running, { servername: name, maxVersion, ...shown });
        assert.equal(isServed, verdicts[index], name);
      }
    });
  }

  test(`${maxVersion}: the ticket of a weaker router opens none that needs a certificate`, async (t) => {
    const running = await started(t);
    for (const weaker of ['open.test', 'wanted.test']) {
      const { session, isServed } = await talk(t, running, { servername: weaker, maxVersion });
      assert.ok(isServed && session);
      const again = await talk(t, running, { servername: 'known.test', maxVersion, session });
      assert.equal(again.isServed, false);
    }
  });

  test(`${maxVersion}: a ticket from before the authority was taken out opens nothing`, async (t) => {
    const running = await started(t);
    const options = { servername: 'known.test', maxVersion };
    const { session, isServed } = await talk(t, running, { ...options, ...known });
    assert.ok(isServed && session);
    assert.ok(
      (await talk(t, running, { ...options, session })).isServed,
      'it opens what it was for',
    );
    running.trust(stranger);
    assert.equal((await talk(t, running, { ...options, session })).isServed, false);
    assert.equal((await talk(t, running, { ...options, ...known, session })).isServed, false);
    assert.ok((await talk(t, running, { ...options, ...signed(stranger) })).isServed);
  });
}
