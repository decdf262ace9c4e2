import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { startServer, echo, saying } from '../support/servers.js';
import { SSL_REQUEST } from '../../src/net/postgres.js';
import { clientHello } from '../support/hello.js';
import { refusingPort } from '../support/refusing.js';
import { startSilentServer } from '../support/silent-server.js';
import { certified } from '../support/terminations.js';
import { startTlsServer } from '../support/tls-servers.js';
import { issue } from '../support/certificates.js';
import { fineRunning, tellsRunning, type Clients, type Told } from './support/running.js';

/** Router and service `db`, in YAML flow style; what a case adds to each. */
interface Sketch {
  readonly rule?: string;
  readonly router?: string;
  readonly balancer?: string;
  readonly server?: string;
  /** Of `tcp`. */
  readonly objects?: string;
  /** Beside `tcp`. */
  readonly rest?: string;
}

const db = ({
  rule = 'HostSNI(`*`)',
  router = '',
  balancer = '',
  server = 'address: "127.0.0.1:{port}"',
  objects = '',
  rest = '',
}: Sketch = {}): string => `
tcp:
  routers: { db: { rule: "${rule}", entryPoints: [pg], service: db, ${router} } }
  services: { db: { loadBalancer: { servers: [${server === '' ? '' : `{ ${server} }`}], ${balancer} } } }
${objects}
${rest}
`;

const echoing = async (t: TestContext) => ({ port: (await startServer(t, echo)).port });
const refusing = async () => ({ port: await refusingPort() });

const left = ({ tcp }: Clients) => tcp().send('hello').ended;
const said = (text: string) => async (clients: Clients) => {
  const client = clients.tcp().send(text);
  await client.gets(text.slice(-1));
  client.finish();
  await client.ended;
};
const hello =
  (options = {}) =>
  ({ tls }: Clients) =>
    tls(options).ended;

const OBJECTS = { entryPoint: 'pg', client: '127.0.0.1:', router: 'db@file', service: 'db@file' };
const SERVER = { ...OBJECTS, server: '127.0.0.1:', owner: 'met.yml' };
const TERMINATED = {
  router: 'tls: {}',
  rest: 'tls: { certificates: [{ certFile: "{dir}/db.pem", keyFile: "{dir}/db.pem" }] }',
};

/** A servers transport `t`, and the service that uses it. */
const over = (transport: string): Sketch => ({
  balancer: 'serversTransport: t',
  objects: `  serversTransports: { t: { ${transport} } }`,
});

const tlsServer =
  (dns: string, rest = {}) =>
  async (t: TestContext) => {
    const { chain, key } = certified(dns, rest);
    const { port } = await startTlsServer(t, (stream) => stream.pipe(stream), { cert: chain, key });
    return { port };
  };

const servers: readonly Told[] = [
  {
    of: 'nobody listens where the server is said to be',
    behind: refusing,
    dynamic: db(),
    meets: left,
    reason: 'dial-failed',
    names: { ...SERVER, failed: 'refused' },
    advice: ['port of the server'],
  },
  {
    of: 'the host of the server does not resolve',
    dynamic: db({ server: 'address: "nobody.invalid:5432"' }),
    meets: left,
    reason: 'dial-failed',
    names: { ...SERVER, server: 'nobody.invalid:5432', failed: 'name-not-found' },
    advice: ['host of the server'],
  },
  {
    of: 'the server does not answer in time',
    behind: async (t) => ({ port: await startSilentServer(t) }),
    dynamic: db(over('dialTimeout: 200ms')),
    meets: left,
    reason: 'dial-timeout',
    names: { ...SERVER, failed: 'timeout' },
    advice: ['network', 'dialTimeout'],
  },
  {
    of: 'one of two servers refuses',
    behind: async (t) => ({ ...(await echoing(t)), closed: await refusingPort() }),
    dynamic: db({ server: 'address: "127.0.0.1:{closed}" }, { address: "127.0.0.1:{port}"' }),
    meets: async (clients) => {
      // The turns of both servers.
      await said('hello')(clients);
      await said('hello')(clients);
    },
    reason: 'refused',
    names: { service: 'db@file', server: '127.0.0.1:', owner: 'met.yml', instead: '127.0.0.1:' },
    advice: ['port of the server'],
  },
  {
    of: 'nobody knows the authority of the server',
    behind: tlsServer('127.0.0.1'),
    dynamic: db(over('tls: {}')),
    meets: left,
    reason: 'dial-failed',
    names: { ...SERVER, failed: 'untrusted' },
    advice: ['tls.rootCAs'],
  },
  {
    of: 'the certificate of the server is for another name',
    behind: tlsServer('a.test'),
    dynamic: db(over('tls: { rootCAs: ["{dir}/ca.pem"], serverName: b.test }')),
    meets: left,
    reason: 'dial-failed',
    names: { ...SERVER, failed: 'b.test is not in DNS:a.test' },
    advice: ['tls.serverName'],
  },
  {
    of: 'the certificate of the server has expired',
    behind: tlsServer('a.test', { notBefore: new Date(0), notAfter: new Date(1e12) }),
    dynamic: db(over('tls: { rootCAs: ["{dir}/ca.pem"], serverName: a.test }')),
    meets: left,
    reason: 'dial-failed',
    names: { ...SERVER, failed: 'CERT_HAS_EXPIRED' },
    advice: ['valid now'],
  },
  {
    of: 'the server speaks no TLS',
    behind: echoing,
    dynamic: db(over('tls: { insecureSkipVerify: true }')),
    meets: left,
    reason: 'dial-failed',
    names: { ...SERVER, failed: 'tls-failed' },
    advice: ['take tls away'],
  },
  ...(['TLSv1.2', 'TLSv1.3'] as const).map((maxVersion): Told => ({
    of: `the server wants a certificate, with ${maxVersion}`,
    behind: async (t) => {
      const { chain, key } = certified('a.test');
      const { port } = await startTlsServer(t, (stream) => stream.pipe(stream), {
        cert: chain,
        key,
        maxVersion,
        requestCert: true,
        rejectUnauthorized: true,
      });
      return { port };
    },
    dynamic: db(over('tls: { insecureSkipVerify: true }')),
    meets: left,
    reason: maxVersion === 'TLSv1.2' ? 'dial-failed' : 'server-silent',
    names: SERVER,
    advice: maxVersion === 'TLSv1.2' ? [] : ['tls.certificates'],
  })),
  {
    of: 'the server wants a PROXY header, and gets none',
    behind: async (t) => {
      const { port } = await startServer(t, (socket: Socket) => {
        socket.once('data', (bytes) => {
          if (!bytes.toString().startsWith('PROXY ')) socket.end();
        });
      });
      return { port };
    },
    dynamic: db(),
    meets: async ({ tcp }) => {
      const client = tcp().send('hello');
      await client.ended;
      client.finish();
    },
    reason: 'server-silent',
    names: SERVER,
    advice: ['proxyProtocol', 'TLS'],
  },
  {
    of: 'a Postgres server without TLS behind a router that passes it through',
    behind: async (t) => {
      const { port } = await startServer(t, (socket) =>
        socket.once('data', () => socket.write('N')),
      );
      return { port };
    },
    dynamic: db({ rule: 'HostSNI(`db.test`)', router: 'tls: { passthrough: true }' }),
    meets: async ({ tcp }) => {
      const client = tcp().send(SSL_REQUEST);
      await client.gets('S');
      await client.send(await clientHello({ servername: 'db.test' })).ended;
    },
    reason: 'dial-failed',
    names: { ...SERVER, failed: 'no-tls' },
    advice: ['Postgres'],
  },
  {
    of: 'all servers are down',
    behind: refusing,
    dynamic: db({ balancer: 'healthCheck: { interval: 50ms, timeout: 1s }' }),
    meets: async (clients) => {
      await left(clients);
      await left(clients);
      await left(clients);
    },
    reason: 'servers-down',
    names: OBJECTS,
    advice: ['healthCheck', 'onAllDown'],
    also: ['the server is down', 'no server could be reached'],
  },
  {
    of: 'the service has no server',
    dynamic: db({ server: '' }),
    meets: left,
    reason: 'no-server',
    names: OBJECTS,
    advice: ['list servers'],
  },
  {
    of: 'the servers have as many connections as they may have',
    behind: echoing,
    dynamic: db({ server: 'address: "127.0.0.1:{port}", maxConnections: 1' }),
    meets: async (clients) => {
      const first = clients.tcp().send('a');
      await first.gets('a');
      await left(clients);
      first.finish();
      await first.ended;
    },
    reason: 'server-limit',
    names: OBJECTS,
    advice: ['maxConnections'],
  },
];

const routes: readonly Told[] = [
  {
    of: 'a name that is like one of a router',
    dynamic: db({ rule: 'HostSNI(`db.example.com`)', ...TERMINATED }),
    meets: hello({ servername: 'db.exmaple.com' }),
    reason: 'no-route',
    names: { entryPoint: 'pg', client: '127.0.0.1:', serverName: 'db.exmaple.com' },
    advice: ['db.example.com', 'db@file'],
  },
  {
    of: 'a name that is like none of a router',
    dynamic: db({ rule: 'HostSNI(`db.test`)', ...TERMINATED }),
    meets: hello({ servername: 'something.else.org' }),
    reason: 'no-route',
    names: { entryPoint: 'pg', serverName: 'something.else.org' },
    advice: ['a rule for this name'],
  },
  {
    of: 'the right name with the wrong protocol',
    dynamic: db({ rule: 'HostSNI(`db.test`) && ALPN(`db/1`)', ...TERMINATED }),
    meets: hello({ ALPNProtocols: ['db/2'] }),
    reason: 'no-route',
    names: { serverName: 'db.test', alpn: 'db/2' },
    advice: ['db@file', 'protocol'],
  },
  {
    of: 'TLS without a name',
    dynamic: db({ rule: 'HostSNI(`db.test`)', ...TERMINATED }),
    meets: hello({ servername: '' }),
    reason: 'no-route',
    names: { entryPoint: 'pg', detail: 'without a server name' },
    advice: ['SNI', 'HostSNI(`*`)'],
  },
  {
    of: 'a client without TLS where all routers have it',
    dynamic: db({ rule: 'HostSNI(`db.test`)', ...TERMINATED }),
    meets: left,
    reason: 'no-route',
    names: { entryPoint: 'pg', detail: 'no TLS' },
    advice: ['begin with TLS', 'without tls'],
  },
  {
    of: 'HTTP where all routers have TLS',
    dynamic: db({ rule: 'HostSNI(`db.test`)', ...TERMINATED }),
    meets: ({ tcp }) => tcp().send('GET / HTTP/1.1\r\n\r\n').ended,
    reason: 'no-route',
    names: { detail: 'HTTP' },
    advice: ['HTTPS'],
  },
  {
    of: 'TLS where no router has it and none takes the address',
    behind: echoing,
    dynamic: db({ rule: 'ClientIP(`10.0.0.0/8`)' }),
    meets: hello(),
    reason: 'no-route',
    names: { entryPoint: 'pg', client: '127.0.0.1:' },
    advice: ['rule', 'sluice route'],
  },
  {
    of: 'an entry point that no router uses',
    behind: echoing,
    dynamic: db().replace('[pg]', '[other]').replace('HostSNI(`*`)', 'ClientIP(`10.0.0.0/8`)'),
    meets: left,
    reason: 'no-route',
    names: { entryPoint: 'pg' },
    advice: ['no router uses entry point "pg"', 'entryPoints'],
  },
  {
    of: 'a router that is disabled',
    behind: echoing,
    dynamic: db({ router: 'middlewares: [nobody]' }),
    meets: left,
    reason: 'router-disabled',
    names: { entryPoint: 'pg', router: 'db@file' },
    advice: ['/api/diagnostics'],
  },
  {
    of: 'a client that waits for the server to speak first, beside TLS routers',
    behind: async (t) => ({ port: (await startServer(t, saying('220'))).port }),
    flags: [
      '--entryPoints.pg.transport.respondingTimeouts.readTimeout=200ms',
      '--entryPoints.pg.transport.respondingTimeouts.sniffTimeout=0',
    ],
    dynamic: db({ rule: 'HostSNI(`db.test`)', router: 'tls: { passthrough: true }' }),
    meets: ({ tcp }) => tcp().ended,
    reason: 'route-timeout',
    names: { entryPoint: 'pg', client: '127.0.0.1:' },
    advice: ['speak first', 'without TLS routers', 'readTimeout'],
  },
  {
    of: 'more connections than the entry point takes',
    behind: echoing,
    flags: ['--entryPoints.pg.maxConnections=1'],
    dynamic: db(),
    meets: async (clients) => {
      const first = clients.tcp().send('a');
      await first.gets('a');
      await left(clients);
      first.finish();
      await first.ended;
    },
    reason: 'connection-limit',
    names: { entryPoint: 'pg', client: '127.0.0.1:' },
    advice: ['maxConnections of the entry point'],
  },
  {
    of: 'more connections without a route than there may be',
    flags: ['--entryPoints.pg.transport.unrouted.max=1'],
    dynamic: db({ rule: 'HostSNI(`db.test`)', ...TERMINATED }),
    meets: async (clients) => {
      const first = clients.tcp();
      await left(clients);
      first.socket.destroy();
    },
    reason: 'unrouted-limit',
    names: { entryPoint: 'pg', client: '127.0.0.1:' },
    advice: ['unrouted.max'],
  },
];

const headers: readonly Told[] = [
  {
    of: 'a PROXY header of a peer that is not trusted',
    behind: echoing,
    flags: ['--entryPoints.pg.proxyProtocol.trustedIPs=10.0.0.0/8'],
    dynamic: db(),
    meets: said('PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nhello'),
    reason: 'untrusted-proxy-header',
    names: { entryPoint: 'pg', client: '127.0.0.1:' },
    advice: ['127.0.0.1', 'proxyProtocol.trustedIPs'],
  },
  {
    of: 'no PROXY header of a peer that is trusted',
    behind: echoing,
    flags: ['--entryPoints.pg.proxyProtocol.trustedIPs=127.0.0.0/8'],
    dynamic: db(),
    meets: said('hello'),
    reason: 'missing-proxy-header',
    names: { entryPoint: 'pg', client: '127.0.0.1:' },
    advice: ['127.0.0.1', 'PROXY protocol', 'proxyProtocol.trustedIPs'],
  },
  {
    of: 'a PROXY header that makes no sense',
    behind: echoing,
    flags: ['--entryPoints.pg.proxyProtocol.trustedIPs=127.0.0.0/8'],
    dynamic: db(),
    meets: ({ tcp }) => tcp().send('PROXY TCP9 nonsense\r\n').ended,
    reason: 'bad-proxy-header',
    names: { entryPoint: 'pg', client: '127.0.0.1:' },
    advice: ['version 1 or 2'],
  },
  {
    of: 'a PROXY header at an entry point that reads none',
    dynamic: db({ rule: 'HostSNI(`db.test`)', ...TERMINATED }),
    meets: ({ tcp }) => tcp().send('PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n').ended,
    reason: 'no-route',
    names: { entryPoint: 'pg', detail: 'a PROXY header' },
    advice: ['proxyProtocol.trustedIPs', '"pg"'],
  },
];

/** TLS that ends here, with these options. */
const terminating = (options: string): Sketch => ({
  rule: 'HostSNI(`db.test`)',
  router: 'tls: { options: o }',
  rest: `tls:
  certificates: [{ certFile: "{dir}/db.pem", keyFile: "{dir}/db.pem" }]
  options: { o: { ${options} } }`,
});

const asked = (clientAuthType: string) =>
  terminating(`clientAuth: { caFiles: ["{dir}/ca.pem"], clientAuthType: ${clientAuthType} }`);

const strange = issue({ name: 'stranger' });

const handshakes: readonly Told[] = [
  {
    of: 'no protocol in common',
    behind: echoing,
    dynamic: db(terminating('alpnProtocols: [db/1]')),
    meets: hello({ ALPNProtocols: ['db/2'] }),
    reason: 'handshake-failed',
    names: { ...OBJECTS, serverName: 'db.test', alpn: 'db/2', detail: 'APPLICATION_PROTOCOL' },
    advice: ['alpnProtocols'],
  },
  {
    of: 'no version in common',
    behind: echoing,
    dynamic: db(terminating('minVersion: VersionTLS13')),
    meets: hello({ maxVersion: 'TLSv1.2' }),
    reason: 'handshake-failed',
    names: { router: 'db@file', serverName: 'db.test' },
    advice: ['minVersion'],
  },
  {
    of: 'no cipher suite in common',
    behind: echoing,
    dynamic: db(
      terminating(
        'maxVersion: VersionTLS12, cipherSuites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]',
      ),
    ),
    meets: hello({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }),
    reason: 'handshake-failed',
    names: { router: 'db@file', detail: 'NO_SHARED_CIPHER' },
    advice: ['cipherSuites'],
  },
  {
    of: 'a client that does not trust the certificate',
    behind: echoing,
    dynamic: db(terminating('')),
    meets: ({ tls }) => {
      const client = tls({ ca: strange.cert });
      return client.ended;
    },
    reason: 'client-left-handshake',
    names: { router: 'db@file', serverName: 'db.test' },
    advice: ['tls.certificates', 'authority'],
  },
  {
    of: 'a client without a certificate',
    behind: echoing,
    dynamic: db(asked('RequireAndVerifyClientCert')),
    meets: hello(),
    reason: 'no-client-certificate',
    names: { router: 'db@file', serverName: 'db.test', client: '127.0.0.1:' },
    advice: ['clientAuth.caFiles', 'clientAuthType'],
  },
  {
    of: 'a client with the certificate of a stranger',
    behind: echoing,
    dynamic: db(asked('RequireAndVerifyClientCert')),
    meets: hello({ cert: strange.cert, key: strange.key }),
    reason: 'bad-client-certificate',
    names: { router: 'db@file', detail: 'SELF_SIGNED' },
    advice: ['clientAuth.caFiles'],
  },
  {
    of: 'no certificate for the name, with sniStrict',
    behind: echoing,
    dynamic: db({ ...terminating('sniStrict: true'), rule: 'HostSNI(`*`)' }),
    meets: hello({ servername: 'other.test' }),
    reason: 'unrecognized-name',
    names: { router: 'db@file', serverName: 'other.test' },
    advice: ['tls.certificates', 'sniStrict'],
  },
  {
    of: 'a client that begins TLS and does not go on',
    behind: echoing,
    flags: ['--entryPoints.pg.transport.respondingTimeouts.readTimeout=200ms'],
    dynamic: db(terminating('')),
    meets: async ({ tcp }) => tcp().send(await clientHello({ servername: 'db.test' })).ended,
    reason: 'handshake-timeout',
    names: { router: 'db@file', serverName: 'db.test' },
    advice: ['readTimeout'],
  },
];

const guarded = (middleware: string): Sketch => ({
  router: 'middlewares: [m]',
  objects: `  middlewares: { m: { ${middleware} } }`,
});

const limits: readonly Told[] = [
  {
    of: 'an address that ipAllowList does not let in',
    behind: echoing,
    dynamic: db(guarded('ipAllowList: { sourceRange: [10.0.0.0/8] }')),
    meets: left,
    reason: 'address-denied',
    names: { ...OBJECTS, detail: 'm@file' },
    advice: ['sourceRange', 'ipAllowList'],
  },
  {
    of: 'an address that ipDenyList keeps out',
    behind: echoing,
    dynamic: db(guarded('ipDenyList: { sourceRange: [127.0.0.0/8] }')),
    meets: left,
    reason: 'address-denied',
    names: { ...OBJECTS, detail: 'm@file' },
    advice: ['sourceRange', 'ipDenyList'],
  },
  {
    of: 'more connections than inFlightConn allows',
    behind: echoing,
    dynamic: db(guarded('inFlightConn: { amount: 1 }')),
    meets: async (clients) => {
      const first = clients.tcp().send('a');
      await first.gets('a');
      await left(clients);
      first.finish();
      await first.ended;
    },
    reason: 'in-flight-limit',
    names: { ...OBJECTS, detail: 'm@file' },
    advice: ['amount'],
  },
  {
    of: 'more connections than rateLimit allows',
    behind: echoing,
    dynamic: db(guarded('rateLimit: { average: 1, period: 1h, burst: 1 }')),
    meets: async ({ tcp }) => {
      await tcp().finish('a').ended;
      await tcp().finish('a').ended;
    },
    reason: 'rate-limit',
    names: { ...OBJECTS, detail: 'm@file' },
    advice: ['average', 'burst'],
  },
  {
    of: 'a connection that is idle for too long',
    behind: echoing,
    dynamic: db({ balancer: 'idleTimeout: 100ms' }),
    meets: left,
    reason: 'idle-timeout',
    names: SERVER,
    advice: ['idleTimeout'],
  },
  {
    of: 'a connection that lasts too long',
    behind: echoing,
    dynamic: db({ balancer: 'maxDuration: 100ms' }),
    meets: left,
    reason: 'max-duration',
    names: SERVER,
    advice: ['maxDuration'],
  },
  {
    of: 'an answer that comes after terminationDelay',
    behind: async (t) => ({ port: (await startServer(t, (socket) => socket.resume())).port }),
    dynamic: db(over('terminationDelay: 50ms')),
    meets: ({ tcp }) => tcp().finish('hello').ended,
    reason: 'termination-delay',
    names: { ...SERVER, sent: '5', received: '0' },
    advice: ['terminationDelay'],
  },
];

tellsRunning('servers', servers);
tellsRunning('routes', routes);
tellsRunning('PROXY protocol', headers);
tellsRunning('handshakes', handshakes);
tellsRunning('limits', limits);

fineRunning('running', [
  { of: 'a server behind a plain router', behind: echoing, dynamic: db(), meets: said('hello') },
  {
    of: 'a server that speaks first',
    behind: async (t) => ({ port: (await startServer(t, saying('220'))).port }),
    dynamic: db(),
    meets: async ({ tcp }) => {
      const client = tcp();
      await client.gets('220');
      client.finish();
      await client.ended;
    },
  },
  {
    of: 'TLS that ends here',
    behind: echoing,
    dynamic: db({ rule: 'HostSNI(`db.test`)', ...TERMINATED }),
    meets: async ({ tls }) => {
      const client = tls();
      await client.secured;
      client.stream.end('hello');
      await client.ended;
      assert.equal(client.received, 'hello');
    },
  },
  {
    of: 'TLS to the server, by its authority and name',
    behind: tlsServer('a.test'),
    dynamic: db(over('tls: { rootCAs: ["{dir}/ca.pem"], serverName: a.test }')),
    meets: said('hello'),
  },
  {
    of: 'a PROXY header of a trusted peer',
    behind: echoing,
    flags: ['--entryPoints.pg.proxyProtocol.trustedIPs=127.0.0.0/8'],
    dynamic: db(),
    meets: said('PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nhello'),
  },
  {
    of: 'a probe that connects and says nothing',
    behind: echoing,
    flags: ['--entryPoints.pg.proxyProtocol.trustedIPs=127.0.0.0/8'],
    dynamic: db({ rule: 'HostSNI(`db.test`)', ...TERMINATED }),
    meets: ({ tcp }) => tcp().finish().ended,
  },
]);
