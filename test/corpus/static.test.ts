import assert from 'node:assert/strict';
import test from 'node:test';
import { formatPlace, type Diagnostic } from '../../src/config/diagnostic.js';
import type { DiagnosticCode } from '../../src/config/diagnostic-codes.js';
import { load, type Given } from '../support/static.js';

/** A static configuration that is wrong, and the one finding about it. */
interface Wrong extends Given {
  readonly of: string;
  readonly code: DiagnosticCode;
  /** Parts of its place and object. */
  readonly at: readonly string[];
  readonly value?: string;
  readonly advice: readonly string[];
  /** The program starts all the same: what is right beside it is in force. */
  readonly starts?: true;
}

const PG = '--entryPoints.pg.address=:5432';

/** Flags beside an entry point. */
const flags = (...args: readonly string[]): Given => ({ args: [PG, ...args] });
const env = (variables: Readonly<Record<string, string>>): Given => ({ env: variables });
const yaml = (text: string): Given => ({
  args: ['--configFile=sluice.yml'],
  files: { 'sluice.yml': text },
});

const isLoud = ({ severity }: Diagnostic) => severity !== 'info';

const shown = (found: readonly Diagnostic[]) =>
  found.map(
    ({ severity, code, at, message, value, fix, suggestions }) =>
      `${severity} ${code} | ${formatPlace(at)} | ${message} | ${value ?? '-'} | ${fix ?? '-'} | ${(suggestions ?? []).join(', ')}`,
  );

const wrong: readonly Wrong[] = [
  // Words of the command line.
  {
    of: 'a misspelt option',
    ...flags('--entryPoints.pg.adress=:1'),
    code: 'unknown-key',
    at: ['--entryPoints.pg.adress'],
    value: 'adress',
    advice: ['address'],
  },
  {
    of: 'a misspelt section',
    ...flags('--entrypoint.web.address=:1'),
    code: 'unknown-key',
    at: ['--entrypoint.web.address'],
    value: 'entrypoint',
    advice: ['entryPoints'],
  },
  {
    of: 'a misspelt provider',
    ...flags('--providers.dokcer'),
    code: 'unknown-key',
    at: ['--providers.dokcer'],
    value: 'dokcer',
    advice: ['docker'],
  },
  {
    of: 'a misspelt option of one of several engines',
    ...flags('--providers.docker.hosts.a.endpoint=tcp://a', '--providers.docker.hosts.a.usrname=x'),
    code: 'unknown-key',
    at: ['--providers.docker.hosts.a.usrname'],
    value: 'usrname',
    advice: ['username'],
  },
  {
    of: 'a word that is no option',
    ...flags('serve'),
    code: 'syntax',
    at: ['serve'],
    value: 'serve',
    advice: ['--name=value', '--help'],
  },
  {
    of: 'a value behind a switch',
    ...flags('--providers.docker', 'true'),
    code: 'syntax',
    at: ['true'],
    value: 'true',
    advice: ['--providers.docker=true'],
  },
  {
    of: 'an option without its value',
    ...flags('--log.level'),
    code: 'missing',
    at: ['--log.level'],
    advice: ['--log.level=value'],
  },
  {
    of: 'an option without its name',
    ...flags('--entryPoints..address=:1'),
    code: 'syntax',
    at: ['--entryPoints..address'],
    advice: ['single dots'],
  },
  {
    of: 'an option that is written twice',
    ...flags('--log.level=INFO', '--log.level=DEBUG'),
    code: 'ignored',
    at: ['--log.level'],
    advice: ['once'],
    starts: true,
  },
  {
    of: 'an address that is written twice',
    ...flags('--entryPoints.pg.address=:5433'),
    code: 'ignored',
    at: ['--entryPoints.pg.address'],
    advice: ['once'],
    starts: true,
  },
  // Types.
  {
    of: 'a switch that is neither on nor off',
    ...flags('--providers.docker.exposedByDefault=maybe'),
    code: 'bad-value',
    at: ['--providers.docker.exposedByDefault'],
    value: 'maybe',
    advice: ['true or false'],
  },
  {
    of: 'a number that is none',
    ...flags('--entryPoints.pg.maxConnections=many'),
    code: 'bad-value',
    at: ['--entryPoints.pg.maxConnections'],
    value: 'many',
    advice: ['whole number'],
  },
  {
    of: 'a number that is too small',
    ...flags('--entryPoints.pg.maxConnections=-1'),
    code: 'bad-value',
    at: ['--entryPoints.pg.maxConnections'],
    value: '-1',
    advice: ['>=1'],
  },
  {
    of: 'a duration with a blank',
    ...flags('--providers.providersThrottleDuration=2 sec'),
    code: 'bad-value',
    at: ['--providers.providersThrottleDuration'],
    value: '2 sec',
    advice: ['30s'],
  },
  {
    of: 'a duration of no unit that there is',
    ...flags('--entryPoints.pg.transport.lifeCycle.graceTimeOut=10x'),
    code: 'bad-value',
    at: ['graceTimeOut'],
    value: '10x',
    advice: ['1m30s'],
  },
  {
    of: 'a level of the log that there is not',
    ...flags('--log.level=verbose'),
    code: 'unknown-value',
    at: ['--log.level'],
    value: 'verbose',
    advice: ['debug', 'info', 'warn'],
  },
  {
    of: 'a format of the log that there is not',
    ...flags('--log.format=text'),
    code: 'unknown-value',
    at: ['--log.format'],
    value: 'text',
    advice: ['common', 'json'],
  },
  {
    of: 'a filter of the access log that belongs to HTTP',
    ...flags('--accessLog.filters.status=500'),
    code: 'unknown-value',
    at: ['--accessLog.filters.status'],
    value: '500',
    advice: ['dial-failed', 'no-route'],
  },
  {
    of: 'a rule syntax that there is not',
    ...flags('--core.defaultRuleSyntax=v4'),
    code: 'unknown-value',
    at: ['--core.defaultRuleSyntax'],
    value: 'v4',
    advice: ['v3'],
  },
  {
    of: 'a provider that is not in the order of precedence',
    ...flags('--providers.precedence=docker,fiel'),
    code: 'unknown-value',
    at: ['--providers.precedence'],
    value: 'fiel',
    advice: ['file'],
  },
  // Entry points.
  {
    of: 'two entry points on one address',
    ...flags('--entryPoints.db.address=:5432'),
    code: 'conflict',
    at: ['entryPoints.pg.address'],
    value: ':5432',
    advice: ['entryPoints.db.address'],
  },
  {
    of: 'two entry points on one port, one of them on every address',
    args: ['--entryPoints.pg.address=127.0.0.1:5432', '--entryPoints.db.address=:5432'],
    code: 'conflict',
    at: ['entryPoints.pg.address'],
    value: '127.0.0.1:5432',
    advice: ['entryPoints.db.address'],
  },
  {
    of: 'an entry point on the port of the API',
    args: ['--entryPoints.pg.address=:8080', '--api.insecure'],
    code: 'conflict',
    at: ['entryPoints.pg.address'],
    value: ':8080',
    advice: ['entryPoints.traefik.address'],
  },
  {
    of: 'an address without a port',
    args: ['--entryPoints.pg.address=localhost'],
    code: 'bad-value',
    at: ['--entryPoints.pg.address'],
    value: 'localhost',
    advice: [':5432'],
  },
  {
    of: 'a port alone',
    args: ['--entryPoints.pg.address=5432'],
    code: 'bad-value',
    at: ['--entryPoints.pg.address'],
    value: '5432',
    advice: [':5432'],
  },
  {
    of: 'a port that there is not',
    args: ['--entryPoints.pg.address=:99999'],
    code: 'bad-value',
    at: ['--entryPoints.pg.address'],
    value: ':99999',
    advice: [':5432'],
  },
  {
    of: 'a URL for an address',
    args: ['--entryPoints.pg.address=tcp://:5432'],
    code: 'bad-value',
    at: ['--entryPoints.pg.address'],
    value: 'tcp://:5432',
    advice: ['[host]:port'],
  },
  {
    of: 'a protocol that there is not',
    args: ['--entryPoints.pg.address=:5432/tpc'],
    code: 'bad-value',
    at: ['--entryPoints.pg.address'],
    value: ':5432/tpc',
    advice: [':5432'],
  },
  {
    of: 'an entry point without an address',
    args: ['--entryPoints.pg.maxConnections=4'],
    code: 'missing',
    at: ['entryPoints.pg'],
    advice: [':5432'],
  },
  {
    of: 'an entry point of UDP',
    ...flags('--entryPoints.dns.address=:53/udp'),
    code: 'ignored',
    at: ['--entryPoints.dns.address'],
    value: ':53/udp',
    advice: ['without /udp'],
    starts: true,
  },
  {
    of: 'a trusted prefix that is too long',
    ...flags('--entryPoints.pg.proxyProtocol.trustedIPs=10.0.0.0/33'),
    code: 'bad-value',
    at: ['--entryPoints.pg.proxyProtocol.trustedIPs'],
    value: '10.0.0.0/33',
    advice: ['10.0.0.0/8'],
  },
  {
    of: 'a trusted peer by name',
    ...flags('--entryPoints.pg.proxyProtocol.trustedIPs=lb.local'),
    code: 'bad-value',
    at: ['--entryPoints.pg.proxyProtocol.trustedIPs'],
    value: 'lb.local',
    advice: ['addresses'],
  },
  {
    of: 'no deadline for clients that say nothing',
    ...flags('--entryPoints.pg.transport.respondingTimeouts.readTimeout=0'),
    code: 'guessed',
    at: ['readTimeout'],
    advice: ['60s'],
    starts: true,
  },
  {
    of: 'a Node that cannot share ports',
    ...flags('--entryPoints.pg.reusePort=true'),
    node: '20.19.0',
    code: 'not-served',
    at: ['--entryPoints.pg.reusePort'],
    value: 'true',
    advice: ['newer Node'],
  },
  // Built-in servers.
  {
    of: 'an API that is on and served nowhere',
    ...flags('--api=true'),
    code: 'not-served',
    at: ['--api'],
    advice: ['api.insecure=true'],
    starts: true,
  },
  {
    of: 'ping on an entry point that there is not',
    ...flags('--ping=true', '--ping.entryPoint=web'),
    code: 'unknown-reference',
    at: ['--ping.entryPoint'],
    value: 'web',
    advice: ['pg'],
  },
  {
    of: 'metrics on an entry point that there is not',
    ...flags('--metrics.prometheus.entryPoint=metrcs'),
    code: 'unknown-reference',
    at: ['--metrics.prometheus.entryPoint'],
    value: 'metrcs',
    advice: ['pg'],
  },
  {
    of: 'a file for the token that cannot be read',
    ...flags('--api.insecure', '--api.tokenFile=/no/such'),
    code: 'unreadable',
    at: ['--api.tokenFile'],
    value: '/no/such',
    advice: ['token'],
  },
  // Providers.
  {
    of: 'an engine at an address of an unknown kind',
    ...flags('--providers.docker.endpoint=npipe:////./pipe/docker_engine'),
    code: 'bad-value',
    at: ['--providers.docker.endpoint'],
    value: 'npipe:////./pipe/docker_engine',
    advice: ['unix:///PATH', 'tcp://HOST:PORT'],
  },
  {
    of: 'DOCKER_HOST of an unknown kind',
    ...flags('--providers.docker'),
    env: { DOCKER_HOST: 'nope://x' },
    code: 'bad-value',
    at: ['DOCKER_HOST'],
    value: 'nope://x',
    advice: ['unix:///PATH'],
  },
  {
    of: 'one of several engines without an address',
    ...flags('--providers.docker.hosts.a.username=x'),
    code: 'missing',
    at: ['providers.docker.hosts.a'],
    advice: ['providers.docker.hosts.a.endpoint'],
  },
  {
    of: 'an address of Consul without a host',
    ...flags('--providers.consulCatalog.endpoint.address=http://'),
    code: 'bad-value',
    at: ['--providers.consulCatalog.endpoint.address'],
    value: 'http://',
    advice: ['HOST:PORT'],
  },
  {
    of: 'an address of Consul of an unknown kind, in a variable',
    ...flags('--providers.consulCatalog'),
    env: { CONSUL_HTTP_ADDR: 'consul://agent:8500' },
    code: 'bad-value',
    at: ['CONSUL_HTTP_ADDR'],
    value: 'consul://agent:8500',
    advice: ['HOST:PORT', 'unix://PATH'],
  },
  {
    of: 'a file of the token for Consul that cannot be read',
    ...flags('--providers.consulCatalog'),
    env: { CONSUL_HTTP_TOKEN_FILE: '/no/such' },
    code: 'unreadable',
    at: ['CONSUL_HTTP_TOKEN_FILE'],
    value: '/no/such',
    advice: ['token'],
  },
  {
    of: "Consul's key-value store",
    ...flags('--providers.consul.endpoints=127.0.0.1:8500'),
    code: 'unknown-key',
    at: ['--providers.consul'],
    value: 'consul',
    advice: ['consulCatalog'],
  },
  ...['nomad', 'kubernetesCRD', 'ecs'].map((name): Wrong => ({
    of: `the provider ${name} of Traefik`,
    ...flags(`--providers.${name}=true`),
    code: 'unknown-key',
    at: [`--providers.${name}`],
    value: name,
    advice: ['docker', 'consulCatalog', 'file'],
  })),
  {
    of: 'a folder and a file for the file provider',
    ...flags('--providers.file.filename=a.yml', '--providers.file.directory=d'),
    code: 'conflict',
    at: ['providers.file'],
    advice: ['one of directory and filename'],
  },
  {
    of: 'neither folder nor file for the file provider',
    ...flags('--providers.file.watch=true'),
    code: 'missing',
    at: ['providers.file'],
    advice: ['directory', 'filename'],
  },
  // What Traefik has for HTTP, or for what Sluice does not do.
  ...[
    ['--entryPoints.pg.http.tls=true', 'entryPoints.pg.http'],
    ['--entryPoints.pg.http.redirections.entryPoint.to=web', 'entryPoints.pg.http'],
    ['--tracing=true', 'tracing'],
    ['--experimental.plugins.x.moduleName=y', 'experimental'],
    ['--accessLog.fields.headers.defaultMode=drop', 'accessLog.fields'],
    ['--providers.docker.defaultRule=Host(`x`)', 'providers.docker.defaultRule'],
  ].map(([flag = '', option = '']): Wrong => ({
    of: `an option of Traefik that has no use here: ${option}`,
    ...flags(flag),
    code: 'ignored',
    at: [flag.split('=', 1)[0] ?? ''],
    value: option,
    advice: ['leave them out'],
    starts: true,
  })),
  {
    of: 'certificates by ACME',
    ...flags('--certificatesResolvers.le.acme.email=a@b.test'),
    code: 'not-served',
    at: ['certificatesResolvers'],
    advice: ['tls.certificates'],
    starts: true,
  },
  {
    of: 'a transport whose time makes no sense',
    ...flags('--tcpServersTransport.dialTimeout=soon'),
    code: 'bad-value',
    at: ['--tcpServersTransport.dialTimeout'],
    value: 'soon',
    advice: ['30s'],
  },
  // Variables.
  {
    of: 'a misspelt variable',
    ...env({ SLUICE_ENTRYPOINTS_PG_ADRESS: ':1' }),
    code: 'unknown-key',
    at: ['SLUICE_ENTRYPOINTS_PG_ADRESS'],
    value: 'adress',
    advice: ['address'],
  },
  {
    of: 'a variable with a misspelt section',
    ...env({ SLUICE_ENTRYPOINT_PG_ADDRESS: ':1' }),
    code: 'ignored',
    at: ['SLUICE_ENTRYPOINT_PG_ADDRESS'],
    advice: ['SLUICE_ENTRYPOINTS_PG_ADDRESS'],
    starts: true,
  },
  {
    of: 'a variable with a misspelt provider',
    ...env({ TRAEFIK_PROVIDERS_DOKCER: 'true' }),
    code: 'unknown-key',
    at: ['TRAEFIK_PROVIDERS_DOKCER'],
    value: 'dokcer',
    advice: ['docker'],
  },
  {
    of: 'a variable with two underscores in a row',
    ...env({ SLUICE_ENTRYPOINTS__PG_ADDRESS: ':1' }),
    code: 'syntax',
    at: ['SLUICE_ENTRYPOINTS__PG_ADDRESS'],
    advice: ['single underscores'],
  },
  {
    of: 'a bad value in a variable',
    ...env({ SLUICE_LOG_LEVEL: 'loud' }),
    code: 'unknown-value',
    at: ['SLUICE_LOG_LEVEL'],
    value: 'loud',
    advice: ['debug'],
  },
  {
    of: 'a variable of Sluice and one of Traefik that differ',
    ...env({ SLUICE_LOG_LEVEL: 'DEBUG', TRAEFIK_LOG_LEVEL: 'INFO' }),
    code: 'ignored',
    at: ['TRAEFIK_LOG_LEVEL'],
    advice: ['unset one'],
    starts: true,
  },
  {
    of: 'a file that is named by a variable',
    ...env({ SLUICE_CONFIGFILE: 'sluice.yml' }),
    code: 'ignored',
    at: ['SLUICE_CONFIGFILE'],
    advice: ['--configFile'],
    starts: true,
  },
  {
    of: 'variables beside flags',
    ...flags(),
    ...env({ SLUICE_LOG_LEVEL: 'DEBUG' }),
    code: 'ignored',
    at: ['SLUICE_LOG_LEVEL'],
    advice: ['one place'],
    starts: true,
  },
  // Files.
  {
    of: 'a file that is not there',
    args: ['--configFile=/no/such.yml'],
    code: 'missing',
    at: ['/no/such.yml'],
    advice: ['.yml', '.toml'],
  },
  {
    of: 'a file that cannot be read',
    args: ['--configFile=sluice.yml'],
    files: { 'sluice.yml': new Error('EACCES: permission denied') },
    code: 'unreadable',
    at: ['sluice.yml'],
    advice: ['can be read'],
  },
  {
    of: 'an empty file',
    ...yaml(''),
    code: 'missing',
    at: ['sluice.yml'],
    advice: ['.yml'],
  },
  {
    of: 'a misspelt key',
    ...yaml('entryPoints:\n  pg: { adress: ":5432" }\n'),
    code: 'unknown-key',
    at: ['sluice.yml:2:9'],
    value: 'adress',
    advice: ['address'],
  },
  {
    of: 'a misspelt section of a file',
    ...yaml('entryPoints: { pg: { address: ":5432" } }\nprovider: { docker: {} }\n'),
    code: 'unknown-key',
    at: ['sluice.yml:2:1'],
    value: 'provider',
    advice: ['providers'],
  },
  {
    of: 'a list in the place of names',
    ...yaml('entryPoints: [pg]\n'),
    code: 'bad-value',
    at: ['sluice.yml:1:14'],
    advice: ['fields below'],
  },
  {
    of: 'a tab',
    ...yaml('entryPoints:\n\tpg:\n'),
    code: 'syntax',
    at: ['sluice.yml:2:1'],
    advice: ['blanks'],
  },
  {
    of: 'a brace that is not closed',
    ...yaml('entryPoints:\n  pg: { address: ":5432"\n'),
    code: 'syntax',
    at: ['sluice.yml:3:1'],
    advice: ['indent'],
  },
  {
    of: 'a bracket that is not closed, in TOML',
    args: ['--configFile=sluice.toml'],
    files: { 'sluice.toml': '[entryPoints.pg\naddress = ":5432"\n' },
    code: 'syntax',
    at: ['sluice.toml:1:16'],
    advice: ['TOML'],
  },
  {
    of: 'routers in the static file',
    ...yaml('entryPoints: { pg: { address: ":5432" } }\ntcp: { routers: {} }\n'),
    code: 'misplaced',
    at: ['sluice.yml:2:1'],
    value: 'tcp',
    advice: ['providers.file'],
  },
  {
    of: 'flags beside a file',
    args: ['--configFile=sluice.yml', '--log.level=DEBUG'],
    files: { 'sluice.yml': 'entryPoints: { pg: { address: ":5432" } }\n' },
    code: 'ignored',
    at: ['--log.level'],
    advice: ['one place'],
    starts: true,
  },
];

for (const { of, code, at, value, advice, starts = false, ...given } of wrong) {
  test(`static: ${of}`, () => {
    const loaded = load(given);
    const all = shown(loaded.diagnostics).join('\n');
    const [found, ...more] = loaded.diagnostics.filter(isLoud);
    assert.ok(found, `nothing is said\n${all}`);
    assert.deepEqual(shown(more), [], `said more than once\n${all}`);
    assert.equal(found.code, code, all);
    const place = [formatPlace(found.at), found.object?.name ?? ''].join(' ');
    for (const part of at) assert.ok(place.includes(part), `not at ${part}: ${place}\n${all}`);
    if (value !== undefined) assert.equal(found.value, value, all);
    const advised = [found.fix ?? '', ...(found.suggestions ?? [])].join(' ');
    for (const word of advice) assert.ok(advised.includes(word), `does not advise ${word}\n${all}`);
    assert.equal(loaded.ok, starts, all);
    assert.equal(found.severity === 'error', !starts, all);
  });
}

/** What is right: nothing is said above info. */
const right: readonly (Given & { readonly of: string })[] = [
  { of: 'an entry point', ...flags() },
  { of: 'the same flag twice', args: [PG, PG] },
  { of: 'a value as a word of its own', ...flags('--log.level', 'DEBUG') },
  { of: 'names in any case', args: ['--ENTRYPOINTS.pg.ADDRESS=:5432', '--providers.docker'] },
  { of: 'one dash', args: ['-entryPoints.pg.address=:5432'] },
  {
    of: 'one port on two addresses',
    args: ['--entryPoints.a.address=127.0.0.1:1', '--entryPoints.b.address=127.0.0.2:1'],
  },
  { of: 'one port of TCP and UDP, the latter of nobody', args: [PG] },
  {
    of: 'variables alone',
    ...env({ TRAEFIK_ENTRYPOINTS_PG_ADDRESS: ':5432', SLUICE_LOG_LEVEL: 'DEBUG' }),
  },
  {
    of: 'variables of Kubernetes',
    ...env({ TRAEFIK_SERVICE_HOST: '10.0.0.1', TRAEFIK_PORT_80_TCP: 'x' }),
  },
  {
    of: 'a file',
    ...yaml('entryPoints: { pg: { address: ":5432" } }\nproviders: { docker: {} }\n'),
  },
  {
    of: 'fields of our own in a file',
    ...yaml('x-common: &c { address: ":5432" }\nentryPoints: { pg: *c }\n'),
  },
  { of: 'an engine at a path', ...flags('--providers.docker.endpoint=/var/run/docker.sock') },
  { of: 'several engines', ...flags('--providers.docker.hosts.a.endpoint=ssh://me@a') },
  {
    of: 'Consul at a socket',
    ...flags('--providers.consulCatalog.endpoint.address=unix:///c.sock'),
  },
  {
    of: 'Consul by a name without a port',
    ...flags('--providers.consulCatalog.endpoint.address=consul'),
  },
  {
    of: 'Consul at an address of IPv6',
    ...flags('--providers.consulCatalog.endpoint.address=[::1]:8500'),
  },
  {
    of: 'a trusted address and prefix',
    ...flags('--entryPoints.pg.proxyProtocol.trustedIPs=10.0.0.1,fd00::/8'),
  },
  { of: 'what Traefik asks of its own makers', ...flags('--global.checkNewVersion=false') },
  { of: 'API, ping and metrics', ...flags('--api.insecure', '--ping', '--metrics.prometheus') },
];

for (const { of, ...given } of right) {
  test(`static, right: ${of}`, () => {
    const loaded = load(given);
    assert.deepEqual(shown(loaded.diagnostics.filter(isLoud)), []);
    assert.ok(loaded.ok);
  });
}
