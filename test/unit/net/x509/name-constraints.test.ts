import assert from 'node:assert/strict';
import test from 'node:test';
import { element, sequence } from '../../../../src/net/x509/write-der.js';
import { parseCertificate } from '../../../../src/net/x509/certificate.js';
import { verifyPath } from '../../../../src/net/x509/certificate-path.js';
import { issue, issueCa, type CertificateOptions } from '../../../support/certificates.js';

type Names = readonly (readonly [tag: number, value: string | Buffer])[];

interface Constraints {
  readonly permitted?: Names;
  readonly excluded?: Names;
}

const DNS = 0x82;
const EMAIL = 0x81;
const URI = 0x86;
const IP = 0x87;
const DIRECTORY = 0xa4;

const subtrees = (tag: number, names: Names = []) =>
  names.length === 0
    ? []
    : [element(tag, ...names.map(([form, value]) => sequence(element(form, Buffer.from(value)))))];

const extension = ({ permitted, excluded }: Constraints) => ({
  id: '2.5.29.30',
  critical: true,
  value: sequence(...subtrees(0xa0, permitted), ...subtrees(0xa1, excluded)),
});

/** Whether a leaf is believed below an intermediate with these constraints. */
function isBelieved(leaf: CertificateOptions, constraints: Constraints): boolean {
  const root = issueCa('root');
  const ca = issueCa('ca', { issuer: root, extensions: [extension(constraints)] });
  const parsed = [issue({ issuer: ca, ...leaf }), ca, root].map(
    ({ der }) => parseCertificate(der) ?? assert.fail('malformed'),
  );
  const result = verifyPath(parsed.slice(0, 2), {
    roots: parsed.slice(2),
    now: Date.now(),
    purpose: 'any',
  });
  assert.ok(result.ok || result.reason === 'name-constraint');
  return result.ok;
}

const uri = (text: string): CertificateOptions => ({ uris: [text] });
const dns = (text: string): CertificateOptions => ({ dns: [text] });
const ip = (text: string): CertificateOptions => ({ ip: [text] });
const v4 = (address: string, mask: string) =>
  Buffer.from(`${address}.${mask}`.split('.').map(Number));

const cases: readonly (readonly [string, CertificateOptions, Constraints, boolean])[] = [
  ['no name at all', {}, { permitted: [[URI, 'a.example']] }, true],
  [
    'the permitted trust domain',
    uri('spiffe://a.example/x'),
    { permitted: [[URI, 'a.example']] },
    true,
  ],
  ['another trust domain', uri('spiffe://b.example/x'), { permitted: [[URI, 'a.example']] }, false],
  [
    'one of two permitted',
    uri('spiffe://b.example'),
    {
      permitted: [
        [URI, 'a.example'],
        [URI, 'b.example'],
      ],
    },
    true,
  ],
  [
    'a host below a permitted host',
    uri('spiffe://x.a.example'),
    { permitted: [[URI, 'a.example']] },
    false,
  ],
  [
    'a host below a permitted domain',
    uri('spiffe://x.a.example'),
    { permitted: [[URI, '.a.example']] },
    true,
  ],
  [
    'the host of a permitted domain',
    uri('spiffe://a.example'),
    { permitted: [[URI, '.a.example']] },
    false,
  ],
  [
    'a host that ends alike',
    uri('spiffe://xa.example'),
    { permitted: [[URI, '.a.example']] },
    false,
  ],
  [
    'an excluded trust domain',
    uri('spiffe://a.example/x'),
    { excluded: [[URI, 'a.example']] },
    false,
  ],
  [
    'below an excluded trust domain',
    uri('spiffe://x.a.example'),
    { excluded: [[URI, 'a.example']] },
    false,
  ],
  [
    'beside an excluded trust domain',
    uri('spiffe://b.example'),
    { excluded: [[URI, 'a.example']] },
    true,
  ],
  [
    'excluded within what is permitted',
    uri('spiffe://a.example'),
    { permitted: [[URI, 'a.example']], excluded: [[URI, '']] },
    false,
  ],
  ['a URI without a host', uri('urn:x'), { permitted: [[URI, 'a.example']] }, false],
  [
    'a URI with an address for a host',
    uri('https://10.0.0.1/'),
    { excluded: [[URI, 'a.example']] },
    false,
  ],
  [
    'a user and a port beside the host',
    uri('https://a.example@b.example:1/'),
    { permitted: [[URI, 'a.example']] },
    false,
  ],
  [
    'a URI where only DNS names are constrained',
    uri('spiffe://b.example'),
    { permitted: [[DNS, 'a.example']] },
    true,
  ],
  [
    'a permitted name, in any case',
    dns('WWW.A.example'),
    { permitted: [[DNS, 'a.Example']] },
    true,
  ],
  ['another name', dns('b.example'), { permitted: [[DNS, 'a.example']] }, false],
  [
    'a second name that is not permitted',
    { dns: ['a.example', 'b.example'] },
    { permitted: [[DNS, 'a.example']] },
    false,
  ],
  ['a name that ends alike', dns('xa.example'), { excluded: [[DNS, 'a.example']] }, true],
  ['an excluded name', dns('x.a.example'), { excluded: [[DNS, 'a.example']] }, false],
  ['every name excluded', dns('a.example'), { excluded: [[DNS, '']] }, false],
  ['a permitted address', ip('10.1.2.3'), { permitted: [[IP, v4('10.0.0.0', '255.0.0.0')]] }, true],
  ['another address', ip('11.1.2.3'), { permitted: [[IP, v4('10.0.0.0', '255.0.0.0')]] }, false],
  [
    'an excluded address',
    ip('10.1.2.3'),
    { excluded: [[IP, v4('10.1.0.0', '255.255.0.0')]] },
    false,
  ],
  [
    'an address of the other family',
    ip('2001:db8::1'),
    { permitted: [[IP, v4('0.0.0.0', '0.0.0.0')]] },
    false,
  ],
  [
    'mail addresses constrained, and there are none',
    uri('spiffe://a'),
    { permitted: [[EMAIL, 'a.example']] },
    true,
  ],
  [
    'mail addresses constrained, and there is one',
    {
      extensions: [
        { id: '2.5.29.17', value: sequence(element(EMAIL, Buffer.from('x@a.example'))) },
      ],
    },
    { permitted: [[EMAIL, 'a.example']] },
    false,
  ],
  [
    'subjects constrained, and there is one',
    uri('spiffe://a'),
    { permitted: [[DIRECTORY, sequence()]] },
    false,
  ],
];

for (const [name, leaf, constraints, expected] of cases) {
  test(`${name}: ${expected ? 'believed' : 'refused'}`, () => {
    assert.equal(isBelieved(leaf, constraints), expected);
  });
}
