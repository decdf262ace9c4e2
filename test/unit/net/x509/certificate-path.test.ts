import assert from 'node:assert/strict';
import test from 'node:test';
import { element, sequence } from '../../../../src/net/x509/write-der.js';
import { parseCertificates } from '../../../../src/net/x509/certificate.js';
import {
  verifyPath,
  type PathFailure,
  type PathOptions,
} from '../../../../src/net/x509/certificate-path.js';
import {
  issue,
  issueCa,
  type CertificateOptions,
  type Issued,
} from '../../../support/certificates.js';

const HOUR_MS = 3_600_000;
const now = Date.now();
const from = (hours: number) => new Date(now + hours * HOUR_MS);

const root = issueCa('root');
const other = issueCa('other');
const rsaCa = issueCa('ca', { keyType: 'rsa' });
const mid = issueCa('mid', { issuer: root });
const low = issueCa('low', { issuer: mid });

/** The names of the path, or the reason and the depth of the failure. */
function verified(
  chain: readonly Issued[],
  roots: readonly Issued[],
  options: Partial<PathOptions> = {},
): string {
  const parsed = (some: readonly Issued[]) => {
    const certificates = parseCertificates(some.map(({ der }) => der));
    return certificates ?? assert.fail('malformed');
  };
  const presented = parsed(chain);
  const known = parsed(roots);
  const result = verifyPath(presented, { roots: known, now, purpose: 'any', ...options });
  if (!result.ok) return `${result.reason} at ${result.depth}`;
  const all = new Map([...chain, ...roots].map(({ der, name }) => [der.toString('hex'), name]));
  return result.path.map(({ der }) => all.get(der.toString('hex')) ?? '?').join(' < ');
}

const leafUnder = (issuer: Issued, options: CertificateOptions = {}) =>
  issue({ issuer, ...options });

const accepted: readonly (readonly [string, readonly Issued[], readonly Issued[], string])[] = [
  ['a leaf that the root issued', [leafUnder(root)], [root], 'leaf < root'],
  ['a leaf below an intermediate', [leafUnder(mid), mid], [root], 'leaf < mid < root'],
  [
    'the certificates above the leaf in any order, and some that nobody needs',
    [leafUnder(low), other, mid, low],
    [other, root],
    'leaf < low < mid < root',
  ],
  ['the root among the presented ones', [leafUnder(mid), mid, root], [root], 'leaf < mid < root'],
  ['an intermediate that is itself a root', [leafUnder(mid)], [mid], 'leaf < mid'],
  ['a leaf that is itself a root', [other], [root, other], 'other'],
  [
    'a root of version 1',
    ...((old: Issued) => [[leafUnder(old)], [old]] as const)(issue({ name: 'old', version: 1 })),
    'leaf < old',
  ],
  ...(['ed25519', 'ec'] as const).map((keyType) => {
    const ca = issueCa(keyType, { keyType });
    return [
      `keys of type ${keyType}`,
      [leafUnder(ca, { keyType })],
      [ca],
      `leaf < ${keyType}`,
    ] as const;
  }),
  ...(['sha256', 'sha384', 'pss-sha256'] as const).map(
    (signature) =>
      [
        `${signature} by an RSA key`,
        [leafUnder(rsaCa, { signature })],
        [rsaCa],
        'leaf < ca',
      ] as const,
  ),
  ...(() => {
    const renewed = issueCa('root');
    return [
      ['the old of two roots of one name', [leafUnder(root)], [renewed, root], 'leaf < root'],
      ['the new of two roots of one name', [leafUnder(renewed)], [root, renewed], 'leaf < root'],
    ] as const;
  })(),
  (() => {
    // The way over `mid` leads nowhere: the one over its twin is found.
    const twin = issueCa('mid', { issuer: other });
    const chain = [leafUnder(twin), mid, twin];
    return ['one of two intermediates of one name', chain, [other], 'leaf < mid < other'] as const;
  })(),
  (() => {
    // One key, two certificates, as after a cross-signing.
    const crossed = { ...issueCa('mid', { issuer: other }) };
    const leaf = leafUnder(crossed);
    const expired = issueCa('mid', { issuer: root, notAfter: from(-0.5) });
    return [
      'an expired twin beside the right one',
      [leaf, expired, crossed],
      [root, other],
      'leaf < mid < other',
    ] as const;
  })(),
  (() => {
    const one = issueCa('one', { issuer: root, pathLength: 0 });
    return [
      'a path length that is just kept',
      [leafUnder(one), one],
      [root],
      'leaf < one < root',
    ] as const;
  })(),
  [
    'an unknown extension that is not critical',
    [leafUnder(root, { extensions: [{ id: '1.2.3.4', value: Buffer.of(5, 0) }] })],
    [root],
    'leaf < root',
  ],
  [
    'a critical policy',
    [
      leafUnder(root, {
        extensions: [{ id: '2.5.29.32', critical: true, value: sequence(sequence()) }],
      }),
    ],
    [root],
    'leaf < root',
  ],
];

for (const [name, chain, roots, path] of accepted) {
  test(`accepted: ${name}`, () => {
    assert.equal(verified(chain, roots), path);
  });
}

/** The same certificate with one bit of its signature turned. */
function forged(issued: Issued): Issued {
  const der = Buffer.from(issued.der);
  der.writeUInt8(der.readUInt8(der.length - 1) ^ 1, der.length - 1);
  return { ...issued, der };
}

const badMid = (options: CertificateOptions) => {
  const issuer = issueCa('mid', { issuer: root, ...options });
  return [leafUnder(issuer), issuer];
};
const badRoot = (options: CertificateOptions) => {
  const issuer = issueCa('root', options);
  return [[leafUnder(issuer)], [issuer]] as const;
};

type Refused = readonly [string, readonly Issued[], readonly Issued[], PathFailure, number];

const refused: readonly Refused[] = [
  ['nothing presented', [], [root], 'no-certificate', 0],
  [
    'more than is ever needed',
    Array<Issued>(17).fill(leafUnder(root)),
    [root],
    'too-many-certificates',
    0,
  ],
  ['no roots', [leafUnder(root), root], [], 'unknown-issuer', 0],
  ['a root that only the peer believes in', [leafUnder(other), other], [root], 'unknown-issuer', 0],
  ['a self-signed leaf', [issue()], [root], 'unknown-issuer', 0],
  ['an intermediate that is not presented', [leafUnder(mid)], [root], 'unknown-issuer', 0],
  [
    'another root of the same name and another key',
    [leafUnder(root)],
    [issueCa('root')],
    'unknown-issuer',
    0,
  ],
  [
    'a leaf that somebody else signed in the name of the root',
    [leafUnder({ ...root, privateKey: other.privateKey })],
    [root],
    'unknown-issuer',
    0,
  ],
  ['a forged signature', [forged(leafUnder(root))], [root], 'bad-signature', 0],
  ['a forged signature of a CA', [leafUnder(mid), forged(mid)], [root], 'bad-signature', 1],
  ['a leaf of yesterday', [leafUnder(root, { notAfter: from(-0.5) })], [root], 'expired', 0],
  ['a leaf of tomorrow', [leafUnder(root, { notBefore: from(1) })], [root], 'not-yet-valid', 0],
  ['an intermediate of yesterday', badMid({ notAfter: from(-0.5) }), [root], 'expired', 1],
  ['an intermediate of tomorrow', badMid({ notBefore: from(1) }), [root], 'not-yet-valid', 1],
  ['a root of yesterday', ...badRoot({ notAfter: from(-0.5) }), 'expired', 1],
  ['an intermediate that is no CA', badMid({ isCa: false }), [root], 'not-a-ca', 1],
  ['a CA that may not sign', badMid({ keyUsage: ['cRLSign'] }), [root], 'not-a-ca', 1],
  ['an intermediate of version 1', badMid({ version: 1 }), [root], 'not-a-ca', 1],
  ['a root that is no CA', ...badRoot({ isCa: false }), 'not-a-ca', 1],
  [
    'a leaf that issued a leaf',
    ((issuer: Issued) => [leafUnder(issuer), issuer])(issue({ name: 'web', issuer: root })),
    [root],
    'not-a-ca',
    1,
  ],
  [
    'a CA below one that allows none',
    (() => {
      const one = issueCa('one', { issuer: root, pathLength: 0 });
      const two = issueCa('two', { issuer: one });
      return [leafUnder(two), two, one];
    })(),
    [root],
    'path-length',
    2,
  ],
  [
    'a CA below a root that allows none',
    ...((ca: Issued) => {
      const below = issueCa('below', { issuer: ca });
      return [[leafUnder(below), below], [ca]] as const;
    })(issueCa('strict', { pathLength: 0 })),
    'path-length',
    2,
  ],
  [
    'a critical extension of a leaf that nobody knows',
    [leafUnder(root, { extensions: [{ id: '1.2.3.4', critical: true, value: Buffer.of(5, 0) }] })],
    [root],
    'critical-extension',
    0,
  ],
  [
    'a critical extension of a CA that nobody knows',
    badMid({ extensions: [{ id: '2.5.29.36', critical: true, value: sequence() }] }),
    [root],
    'critical-extension',
    1,
  ],
  [
    'names of which none can be read, in a critical extension',
    [
      leafUnder(root, {
        extensions: [
          { id: '2.5.29.17', critical: true, value: sequence(element(0x81, Buffer.from('a@b'))) },
        ],
      }),
    ],
    [root],
    'critical-extension',
    0,
  ],
  ['a signature with SHA-1', [leafUnder(root, { signature: 'sha1' })], [root], 'weak-algorithm', 0],
  [
    'a leaf with a short key',
    [leafUnder(root, { keyType: 'rsa-1024' })],
    [root],
    'weak-algorithm',
    0,
  ],
  ['a CA with a short key', ...badRoot({ keyType: 'rsa-1024' }), 'weak-algorithm', 1],
];

for (const [name, chain, roots, reason, depth] of refused) {
  test(`refused: ${name}`, () => {
    assert.equal(verified(chain, roots), `${reason} at ${depth}`);
  });
}

const purposes: readonly (readonly [string, PathOptions['purpose'], string])[] = [
  ['serverAuth', 'serverAuth', 'leaf < root'],
  ['clientAuth', 'serverAuth', 'wrong-purpose at 0'],
  ['clientAuth', 'clientAuth', 'leaf < root'],
  ['serverAuth', 'clientAuth', 'wrong-purpose at 0'],
  ['1.3.6.1.5.5.7.3.3', 'any', 'leaf < root'],
  ['2.5.29.37.0', 'serverAuth', 'leaf < root'],
];

for (const [usage, purpose, outcome] of purposes) {
  test(`a leaf for ${usage} where ${purpose} is asked for: ${outcome}`, () => {
    assert.equal(
      verified([leafUnder(root, { extendedKeyUsage: [usage] })], [root], { purpose }),
      outcome,
    );
  });
}

test('a leaf without purposes serves every one', () => {
  const leaf = leafUnder(root, { extendedKeyUsage: [] });
  assert.equal(verified([leaf], [root], { purpose: 'clientAuth' }), 'leaf < root');
});

test('the purposes of a CA bind what is below it', () => {
  const chain = badMid({ extendedKeyUsage: ['clientAuth'] });
  assert.equal(verified(chain, [root], { purpose: 'serverAuth' }), 'wrong-purpose at 1');
  assert.equal(verified(chain, [root], { purpose: 'clientAuth' }), 'leaf < mid < root');
});

test('the first and the last moment of the validity belong to it', () => {
  const first = new Date(0);
  const last = new Date(1_000);
  const ca = issueCa('old', { notBefore: first, notAfter: last });
  const leaf = leafUnder(ca, { notBefore: first, notAfter: last });
  const outcomes = [-1, 0, 1_000, 1_001].map((at) => verified([leaf], [ca], { now: at }));
  assert.deepEqual(outcomes, ['not-yet-valid at 0', 'leaf < old', 'leaf < old', 'expired at 0']);
});

test('a maze of certificates is left after a hundred signatures', () => {
  const levels = 5;
  const chain: Issued[] = [];
  let issuer = issueCa('lost');
  for (let level = 0; level < levels; level += 1) {
    const door = issueCa(`level ${level}`, { issuer });
    // Several certificates for one key: each is another way up.
    const { privateKey } = door;
    for (const _ of [1, 2, 3]) chain.push(issueCa(door.name, { issuer, privateKey }));
    issuer = door;
  }
  assert.equal(verified([leafUnder(issuer), ...chain], [root]).split(' ')[0], 'search-limit');
});
