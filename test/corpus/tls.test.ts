import { issue, issueCa } from '../support/certificates.js';
import { rightSetups, wrongSetups } from './support/cases.js';
import { labels } from './support/sketches.js';
import type { Setup } from './support/setup.js';

const CA = issueCa('root');
const SERVER = issue({ name: 'a.test', dns: ['a.test'], issuer: CA });
const OTHER = issue({ name: 'b.test', dns: ['b.test'], issuer: CA });
const DAY = 86_400_000;
const EXPIRED = issue({
  name: 'a.test',
  dns: ['a.test'],
  issuer: CA,
  notBefore: new Date(Date.now() - 2 * DAY),
  notAfter: new Date(Date.now() - DAY),
});
const EARLY = issue({
  name: 'a.test',
  dns: ['a.test'],
  issuer: CA,
  notBefore: new Date(Date.now() + DAY),
  notAfter: new Date(Date.now() + 2 * DAY),
});

const ROUTER =
  'tcp: { routers: { a: { rule: "HostSNI(`a.test`)", service: beside, entryPoints: [web], tls: {} } } }\n';

/** A router for a.test, and this certificate and key for it. */
const pair = (cert: string, key: string): Setup => ({
  files: {
    'tls.yml': `${ROUTER}tls: { certificates: [{ certFile: DIR/a.crt, keyFile: DIR/a.key }] }\n`,
    'a.crt': cert,
    'a.key': key,
  },
});

/** A service that is reached by a transport with this TLS section. */
const transport = (tls: string, files: Readonly<Record<string, string>> = {}): Setup => ({
  files: {
    'tls.yml': `tcp:
  routers: { a: { rule: "HostSNI(\`*\`)", service: a } }
  services: { a: { loadBalancer: { servers: [{ address: "10.0.0.1:1" }], serversTransport: t } } }
  serversTransports: { t: { tls: ${tls} } }
`,
    ...files,
  },
});

const options = (text: string): Setup => ({
  files: {
    'tls.yml': `${ROUTER.replace('tls: {}', 'tls: { options: o }')}tls: { options: { o: ${text} }, certificates: [{ certFile: DIR/a.crt, keyFile: DIR/a.key }] }\n`,
    'a.crt': SERVER.chain,
    'a.key': SERVER.key,
  },
});

wrongSetups('tls', [
  {
    of: 'a certificate that is not there',
    setup: {
      files: {
        'tls.yml': `${ROUTER}tls: { certificates: [{ certFile: DIR/gone.crt, keyFile: DIR/a.key }] }\n`,
        'a.key': SERVER.key,
      },
    },
    code: 'unreadable',
    at: ['tls.yml:2'],
    advice: [],
    works: ['a@file'],
  },
  {
    of: 'garbage for a certificate',
    setup: pair('not a certificate', SERVER.key),
    code: 'unreadable',
    at: ['tls.yml:2'],
    advice: ['PEM'],
    works: ['a@file'],
  },
  {
    of: 'the key of another certificate',
    setup: pair(SERVER.chain, OTHER.key),
    code: 'bad-value',
    at: ['tls.yml:2'],
    advice: ['belong together'],
    works: ['a@file'],
  },
  {
    of: 'the key where the certificate should be',
    setup: pair(SERVER.key, SERVER.key),
    code: 'bad-value',
    at: ['tls.yml:2'],
    advice: ['certificate'],
    works: ['a@file'],
  },
  {
    of: 'a certificate without its key',
    setup: {
      files: {
        'tls.yml': `${ROUTER}tls: { certificates: [{ certFile: DIR/a.crt }] }\n`,
        'a.crt': SERVER.chain,
      },
    },
    code: 'bad-value',
    at: ['tls.yml:2'],
    advice: ['key'],
    works: ['a@file'],
  },
  {
    of: 'an expired certificate',
    setup: pair(EXPIRED.chain, EXPIRED.key),
    code: 'outdated',
    at: ['tls.yml:2'],
    advice: ['renew'],
    works: ['a@file'],
  },
  {
    of: 'a certificate of tomorrow',
    setup: pair(EARLY.chain, EARLY.key),
    code: 'outdated',
    at: ['tls.yml:2'],
    advice: ['clock'],
    works: ['a@file'],
  },
  {
    of: 'a certificate for another name',
    setup: pair(OTHER.chain, OTHER.key),
    code: 'no-certificate',
    severity: 'info',
    at: ['tls.yml:1', 'a@file'],
    advice: ['tls.certificates'],
    works: ['a@file'],
  },
  {
    of: 'a torn certificate',
    setup: pair(SERVER.cert.slice(0, -40), SERVER.key),
    code: 'bad-value',
    at: ['tls.yml:2'],
    advice: ['whole'],
    works: ['a@file'],
  },
  {
    of: 'roots that are not there',
    setup: transport('{ rootCAs: [DIR/gone.pem] }'),
    code: 'unreadable',
    at: ['tls.yml:4'],
    advice: [],
  },
  {
    of: 'roots that are no certificates',
    setup: transport('{ rootCAs: [DIR/ca.pem] }', { 'ca.pem': SERVER.key }),
    code: 'unreadable',
    at: ['tls.yml:4'],
    advice: ['certificate'],
  },
  {
    of: 'an empty trust store',
    setup: transport('{ rootCAs: [DIR/ca.pem] }', { 'ca.pem': '' }),
    code: 'unreadable',
    at: ['tls.yml:4'],
    advice: [],
  },
  {
    of: 'a folder for a trust store',
    setup: transport('{ rootCAs: [DIR] }'),
    code: 'unreadable',
    at: ['tls.yml:4'],
    advice: [],
  },
  {
    of: 'serverName in the wrong place',
    setup: {
      files: {
        'tls.yml': `tcp:
  routers: { a: { rule: "HostSNI(\`*\`)", service: a } }
  services: { a: { loadBalancer: { servers: [{ address: "10.0.0.1:1" }], serversTransport: t } } }
  serversTransports: { t: { serverName: a.test } }
`,
      },
    },
    code: 'unknown-key',
    at: ['tls.yml:4'],
    value: 'serverName',
    advice: ['tls.serverName'],
  },
  {
    of: 'a slip in insecureSkipVerify',
    setup: transport('{ insecureSkipVerfy: true }'),
    code: 'unknown-key',
    at: ['tls.yml:4'],
    value: 'insecureSkipVerfy',
    advice: ['insecureSkipVerify'],
  },
  {
    of: 'verification switched off beside roots of SPIFFE',
    setup: {
      ...transport('{ spiffe: { ids: [spiffe://x.test/a] }, insecureSkipVerify: true }'),
      flags: ['--spiffe.workloadAPIAddr=unix:///run/spire.sock'],
    },
    code: 'ignored',
    at: ['tls.yml:4'],
    advice: ['insecureSkipVerify'],
    works: ['a@file'],
  },
  {
    of: 'SPIFFE without a Workload API',
    setup: transport('{ spiffe: { ids: [spiffe://x.test/a] } }'),
    code: 'missing',
    at: ['tls.yml:4'],
    advice: ['workloadAPIAddr'],
  },
  {
    of: 'a SPIFFE ID that is none',
    setup: {
      ...transport('{ spiffe: { ids: [x.test/a] } }'),
      flags: ['--spiffe.workloadAPIAddr=unix:///run/spire.sock'],
    },
    code: 'bad-value',
    at: ['tls.yml:4'],
    value: 'x.test/a',
    advice: ['spiffe://'],
  },
  {
    of: 'a TLS version that does not exist',
    setup: options('{ minVersion: VersionTLS14 }'),
    code: 'unknown-value',
    at: ['tls.yml:2'],
    value: 'VersionTLS14',
    advice: ['VersionTLS13'],
  },
  {
    of: 'a TLS version as a number',
    setup: options('{ minVersion: "1.2" }'),
    code: 'unknown-value',
    at: ['tls.yml:2'],
    value: '1.2',
    advice: ['VersionTLS12'],
  },
  {
    of: 'a cipher suite that does not exist',
    setup: options('{ cipherSuites: [TLS_RSA_WITH_AES_128_GCM_SHA265] }'),
    code: 'unknown-value',
    at: ['tls.yml:2'],
    value: 'TLS_RSA_WITH_AES_128_GCM_SHA265',
    advice: ['TLS_RSA_WITH_AES_128_GCM_SHA256'],
  },
  {
    of: 'client certificates asked for without a CA',
    setup: options('{ clientAuth: { clientAuthType: RequireAndVerifyClientCert } }'),
    code: 'missing',
    at: ['tls.yml:2'],
    advice: ['caFiles'],
  },
  {
    of: 'options beside passthrough',
    setup: {
      ...labels({
        'tcp.routers.db.rule': 'HostSNI(`a.test`)',
        'tcp.routers.db.tls.passthrough': 'true',
        'tcp.routers.db.tls.options': 'o@file',
      }),
      files: { 'o.yml': 'tls: { options: { o: { minVersion: VersionTLS13 } } }\n' },
    },
    code: 'ignored',
    at: ['traefik.tcp.routers.db.tls.options'],
    value: 'o@file',
    advice: ['passthrough'],
    works: ['db@docker'],
  },
  {
    of: 'a resolver of certificates',
    setup: labels({
      'tcp.routers.db.rule': 'HostSNI(`a.test`)',
      'tcp.routers.db.tls.certresolver': 'le',
    }),
    code: 'no-certificate',
    at: ['traefik.tcp.routers.db.tls'],
    advice: ['tls.certificates'],
  },
  {
    of: 'a server in clear beside a transport with TLS',
    setup: {
      files: {
        'tls.yml': `tcp:
  routers: { a: { rule: "HostSNI(\`*\`)", service: a } }
  services: { a: { loadBalancer: { servers: [{ address: "10.0.0.1:1", tls: false }], serversTransport: t } } }
  serversTransports: { t: { tls: {} } }
`,
      },
    },
    code: 'ignored',
    at: ['tls.yml:3'],
    advice: ['tls'],
    works: ['a@file'],
  },
  {
    of: 'tls without a value in a file',
    setup: {
      files: {
        'tls.yml': `tcp:
  routers:
    a:
      rule: "HostSNI(\`a.test\`)"
      service: beside
      tls:
`,
      },
    },
    code: 'bad-value',
    at: ['tls.yml:6'],
    advice: ['{}'],
  },
]);

rightSetups('tls', [
  { of: 'a certificate and its key', setup: pair(SERVER.chain, SERVER.key), works: ['a@file'] },
  {
    of: 'passthrough without any certificate',
    setup: labels({
      'tcp.routers.db.rule': 'HostSNI(`a.test`)',
      'tcp.routers.db.tls.passthrough': 'true',
    }),
    works: ['db@docker'],
  },
  { of: 'an empty section to the servers', setup: transport('{}'), works: ['a@file'] },
  {
    of: 'roots of a file',
    setup: transport('{ rootCAs: [DIR/ca.pem], serverName: a.test }', { 'ca.pem': CA.cert }),
    works: ['a@file'],
  },
  {
    of: 'options with client certificates',
    setup: {
      files: {
        ...options('{ minVersion: VersionTLS12, clientAuth: { caFiles: [DIR/ca.pem] } }').files,
        'ca.pem': CA.cert,
      },
    },
    works: ['a@file'],
  },
]);
