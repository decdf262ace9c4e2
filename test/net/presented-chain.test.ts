import assert from 'node:assert/strict';
import { once } from 'node:events';
import test, { type TestContext } from 'node:test';
import { connect, createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { presentedChain } from '../../src/net/x509/presented-chain.js';
import { issue, issueCa, type Issued } from '../support/certificates.js';
import { ignore } from '../support/sockets.js';

const root = issueCa('root');
const mid = issueCa('mid', { issuer: root });
const low = issueCa('low', { issuer: mid });
const other = issueCa('other');
const twin = issueCa('low', { issuer: other });
const leaf = issue({ issuer: low });

const chains: readonly (readonly [string, readonly Issued[]])[] = [
  ['a leaf alone', [leaf]],
  ['a chain', [leaf, low, mid]],
  ['a chain with its root', [leaf, low, mid, root]],
  ['the wrong order, and one that does not belong there', [leaf, mid, other, low]],
  ['two of one name, of which the first is the wrong one', [leaf, twin, low, mid]],
  ['one certificate again and again', [leaf, leaf, leaf]],
];

/** Both ends of a TLS connection. */
async function connected(t: TestContext, server: TlsOptions, client: object) {
  const listener = createServer({ ...server, requestCert: true, rejectUnauthorized: false });
  listener.listen(0, '127.0.0.1');
  t.after(() => listener.close());
  await once(listener, 'listening');
  const address = listener.address();
  const port = typeof address === 'object' && address ? address.port : assert.fail();
  const accepted = once(listener, 'secureConnection') as Promise<[TLSSocket]>;
  const near = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ca: [], ...client });
  const [far] = await accepted;
  for (const socket of [near, far]) {
    socket.on('error', ignore);
    t.after(() => socket.destroy());
  }
  return { near, far };
}

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  for (const [name, chain] of chains) {
    test(`${name}, by a server and by a client, in ${version}`, async (t) => {
      const own = { cert: chain.map(({ cert }) => cert).join(''), key: leaf.key };
      const limits = { minVersion: version, maxVersion: version };
      const { near, far } = await connected(t, own, { ...own, ...limits });
      const expected = chain.map(({ der }) => der);
      assert.deepEqual(presentedChain(near), expected);
      assert.deepEqual(presentedChain(far), expected);
    });
  }
}

test('a client without a certificate presented none', async (t) => {
  const { far } = await connected(t, { cert: leaf.cert, key: leaf.key }, {});
  assert.deepEqual(presentedChain(far), []);
});
