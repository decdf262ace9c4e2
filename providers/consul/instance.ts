import { isIP } from 'node:net';
import { z } from 'zod';
import type { Constraint } from '../../src/config/constraints/constraints.js';
import { decodeLabels, decodeOptions, type Label } from '../../src/config/decode/labels.js';
import type { Diagnostic, Place, Finding } from '../../src/config/diagnostic.js';
import { completeLabelled, type ServerAddress } from '../../src/config/labelled.js';
import { EMPTY_CONFIG } from '../../src/config/model.js';
import type { Owner, Part } from '../../src/config/provider.js';
import type { ConsulCatalogConfig } from '../../src/config/static.js';
import type { Step, TellStep } from '../../src/config/story.js';
import { isAccepted, statusOf } from './checks.js';
import { isCovered, isProxy, peerOf, type ConnectSide } from './connect-side.js';
import { serviceNameOf } from './naming.js';
import type { Instance } from './registered.js';
import type { Tags } from './tag-functions.js';
import { labelsOf } from './tags.js';

export interface InstanceContext {
  readonly provider: string;
  readonly config: ConsulCatalogConfig;
  readonly constraint: Constraint<Tags>;
  /** The side of the service that the instance was found on. */
  readonly side: ConnectSide;
  /** Somebody asks for the reasons. */
  readonly tell?: TellStep | undefined;
}

/** CNS-8. */
const optionsSchema = z.strictObject({
  enable: z.boolean().optional(),
  consulCatalog: z
    .strictObject({ connect: z.boolean().optional(), canary: z.boolean().optional() })
    .optional(),
});

/** What one instance says; undefined for one that takes no part. Pure: the same instance gives the same part. */
export function translate(instance: Instance, context: InstanceContext): Part | undefined {
  const { provider, config, constraint, side } = context;
  const { tags } = instance;
  const tell = (choice: Step['choice'], text: string) => context.tell?.({ choice, text });
  // A proxy carries the tags of the instance beside it (BUG-62), and is found on the other side.
  const isPassedOver = isGateway(instance) || (side.kind === 'direct' && isProxy(instance));
  if (isPassedOver) tell('takes part', `no: it is a ${instance.kind}, which is no server itself`);
  if (isPassedOver) return undefined;
  const isFulfilled = constraint(new Set(tags));
  if (!isFulfilled)
    tell('constraints', 'no: its tags do not fulfil providers.consulCatalog.constraints');
  if (!isFulfilled) return undefined;
  const placeOf = (tag: string): Place => ({
    kind: 'tag',
    node: instance.node,
    service: instance.service,
    instance: instance.id,
    tag,
  });
  const { labels, diagnostics } = labelsOf(tags, config.prefix, placeOf);
  tell('labels', `${labels.length} tags of ${tags.length} under ${config.prefix}. and sluice.`);
  if (labels.length === 0 && diagnostics.length === 0) return undefined;

  const object = { kind: 'instance', name: instance.id } as const;
  const about = (finding: Diagnostic): Diagnostic => ({ provider, object, ...finding });
  const options = decodeOptions(optionsSchema, labels, ['enable', 'consulcatalog'], provider);
  const decoded = decodeLabels(labels, { provider, allowPrivileged: config.allowPrivilegedLabels });
  const findings = [...diagnostics, ...options.diagnostics, ...decoded.diagnostics].map(about);
  findings.push(...labels.filter(isOthers).map((label) => about(unread(label))));
  const owner = ownerOf(instance);
  const nothing = (...more: readonly Diagnostic[]): Part => ({
    owner,
    config: EMPTY_CONFIG,
    diagnostics: [...findings, ...more.map(about)],
  });
  const at = placeOf('');
  const { enable, consulCatalog = {} } = options.value;
  // Whoever meant to switch the instance off, or to set it apart, must not find it among the others.
  const beside = [...diagnostics, ...decoded.diagnostics];
  const isClear = !isUnclear(options.diagnostics) && !meantSwitch(beside, config.prefix);
  tell('takes part', whetherEnabled(isClear, enable, config.exposedByDefault));
  if (!isClear) return nothing();
  if (!(enable ?? config.exposedByDefault)) return undefined;
  const { routers, services } = decoded.config;
  const hasRoutes = routers.size > 0 || services.size > 0;
  const isOnConnect = consulCatalog.connect ?? config.connectByDefault;
  if (side.kind === 'connect') {
    if (!isOnConnect) return undefined;
  } else if (isOnConnect && hasRoutes) {
    if (!config.connectAware) return nothing(connectIsOff(at));
    // Whoever speaks for it on Connect has its tags.
    return isCovered(instance, side) ? undefined : nothing(notOnConnect(at));
  }
  const peer = side.kind === 'connect' ? peerOf(instance, side.service) : undefined;
  if (peer?.ok === false) return hasRoutes ? nothing(noSpiffeId(peer.id, at)) : nothing();
  const status = statusOf(instance.checks);
  const accepted = config.strictChecks.join(' or ');
  tell('state', `its checks are ${status}; ${accepted} gets connections`);
  if (!isAccepted(status, config.strictChecks)) {
    return hasRoutes ? nothing(unhealthy(status, at)) : nothing();
  }

  const missing: Diagnostic[] = [];
  // Not CNS-9, which leaves them out: D15 has a changed weight count.
  const weight = status === 'warning' ? instance.weights.warning : instance.weights.passing;
  const serverAt = (written: string | undefined, portAt: Place): ServerAddress => {
    const host = instance.address === '' ? instance.nodeAddress : instance.address;
    const hasPort = written !== undefined && isProxy(instance);
    const number = isProxy(instance) ? String(instance.port) : (written ?? String(instance.port));
    const isWritten = written !== undefined && !isProxy(instance);
    tell('port', `${number}: ${isWritten ? 'a tag says so' : 'as registered'}`);
    const where = instance.address === '' ? 'its node' : 'the instance';
    tell('server', `${joined(host, number)}: ${where} is registered at this address`);
    if (host !== '' && number !== '0') {
      return {
        kind: 'address',
        address: joined(host, number),
        ...(weight !== 1 && { weight }),
        ...(peer && { connect: peer.value }),
        ...(hasPort && { findings: [portOfProxy(written, portAt)] }),
      };
    }
    missing.push(host === '' ? noAddress(at) : noPort(at));
    return { kind: 'withheld' };
  };
  const service = side.kind === 'connect' ? side.service : instance.service;
  const serviceName = serviceNameOf(service, tags, consulCatalog.canary === true);
  const completed = completeLabelled(decoded.config, { provider, serviceName, at, serverAt });
  return {
    owner,
    config: completed.config,
    // Several services of an instance lack the same port.
    diagnostics: [...findings, ...completed.diagnostics, ...missing.slice(0, 1).map(about)],
  };
}

function whetherEnabled(isClear: boolean, enable: boolean | undefined, isDefault: boolean): string {
  if (!isClear) return 'no: a tag was meant to say so, and cannot be read';
  if (enable !== undefined) return enable ? 'yes: its tag says so' : 'no: its tag says so';
  return isDefault
    ? 'yes: exposedByDefault is true, and no tag says otherwise'
    : 'no: exposedByDefault is false, and no tag says enable=true';
}

const isGateway = ({ kind }: Instance) => kind.endsWith('-gateway');

const ownerOf = ({ node, service, id, createIndex }: Instance): Owner => ({
  kind: 'instance',
  id: `${node}/${service}/${id}`,
  name: id,
  since: createIndex,
});

/** Options of a provider that does not read Consul (D33). */
const isOthers = ({ key }: Label) => /^\w+\.(?:docker|swarm)\./i.test(key);

const unread = ({ value, at }: Label): Diagnostic => ({
  code: 'ignored',
  severity: 'warning',
  at,
  message: 'it has no effect on an instance of Consul',
  value,
  fix: 'leave it out',
});

const isUnclear = (findings: readonly Diagnostic[]) =>
  findings.some(({ severity }) => severity === 'error');

/** A tag that was to be the switch, and is not written as such. */
function meantSwitch(findings: readonly Diagnostic[], prefix: string): boolean {
  const switches = ['enable', 'sluice.enable', `${prefix}.enable`];
  return findings.some(
    ({ severity, suggestions = [] }) =>
      severity === 'error' && suggestions.some((one) => switches.includes(one)),
  );
}

const joined = (host: string, port: string) =>
  isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;

const unhealthy = (status: string, at: Place): Diagnostic => ({
  code: 'unhealthy',
  severity: 'info',
  at,
  message: `the instance's checks are ${status}, so it gets no connections`,
  value: status,
  fix: 'it is used as soon as they are among the strictChecks of the provider',
});

const connectIsOff = (at: Place): Diagnostic => ({
  code: 'not-served',
  severity: 'error',
  at,
  message: 'the instance is to be reached through Consul Connect, which is off',
  fix: 'set providers.consulCatalog.connectAware, or leave connect out to reach it directly',
});

const notOnConnect = (at: Place): Diagnostic => ({
  code: 'no-address',
  severity: 'warning',
  at,
  message:
    'the instance is to be reached through Consul Connect, and neither speaks it by itself nor has a proxy that does',
  fix: 'register it with a sidecar proxy or as Connect-native, or set connect=false to reach it directly',
});

const noSpiffeId = (id: string, at: Place): Diagnostic => ({
  code: 'bad-value',
  severity: 'error',
  at,
  message: 'the instance cannot be reached through Consul Connect: its service has no SPIFFE ID',
  value: id,
  fix: 'give the service a name of letters, digits and . - _',
});

const portOfProxy = (port: string, at: Place): Finding => ({
  code: 'ignored',
  severity: 'info',
  at,
  message: 'the port has no effect on Consul Connect: the proxy of the instance has its own',
  value: port,
});

const noPort = (at: Place): Diagnostic => ({
  code: 'no-port',
  severity: 'warning',
  at,
  message: 'the instance is registered without a port, so it is no server',
  fix: 'register its port, or write the tag traefik.tcp.services.NAME.loadbalancer.server.port=PORT',
});

const noAddress = (at: Place): Diagnostic => ({
  code: 'no-address',
  severity: 'warning',
  at,
  message: 'neither the instance nor its node has an address, so it is no server',
  fix: 'register its address',
});
