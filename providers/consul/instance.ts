import { isIP } from 'node:net';
import { z } from 'zod';
import type { Constraint } from '../../src/config/constraints/constraints.js';
import { decodeLabels, decodeOptions, type Label } from '../../src/config/decode/labels.js';
import type { Diagnostic, Place } from '../../src/config/diagnostic.js';
import { completeLabelled, normalise, type ServerAddress } from '../../src/config/labelled.js';
import { EMPTY_CONFIG } from '../../src/config/model.js';
import type { Owner, Part } from '../../src/config/provider.js';
import type { ConsulCatalogConfig } from '../../src/config/static.js';
import type { Instance } from './client.js';

export type Tags = ReadonlySet<string>;

export interface InstanceContext {
  readonly provider: string;
  readonly config: ConsulCatalogConfig;
  readonly constraint: Constraint<Tags>;
}

/** CNS-8. */
const optionsSchema = z.strictObject({
  enable: z.boolean().optional(),
  consulCatalog: z
    .strictObject({ connect: z.boolean().optional(), canary: z.boolean().optional() })
    .optional(),
});

/** Kinds that are no servers of their own: a sidecar carries its parent's tags (BUG-62, D15). */
const PASSED_OVER: ReadonlySet<string> = new Set([
  'connect-proxy',
  'mesh-gateway',
  'terminating-gateway',
  'ingress-gateway',
  'api-gateway',
]);

/** What one instance says; undefined for one that takes no part. Pure. */
export function translate(instance: Instance, context: InstanceContext): Part | undefined {
  const { provider, config } = context;
  const { Node: node, Service: service } = instance;
  const tags = service.Tags ?? [];
  if (PASSED_OVER.has(service.Kind) || !tags.some((tag) => isOurs(tag, config.prefix)))
    return undefined;
  const place = (tag: string): Place => ({
    kind: 'tag',
    node: node.Node,
    service: service.Service,
    instance: service.ID,
    tag,
  });
  const at = place('');
  const owner: Owner = {
    kind: 'instance',
    id: normalise(`${node.Node}-${service.Service}-${service.ID}`),
    name: service.ID,
    since: service.CreateIndex,
  };
  const labels = tags.flatMap((tag) => labelOf(tag, config.prefix, place(tag)) ?? []);
  const options = decodeOptions(optionsSchema, labels, ['enable', 'consulcatalog'], provider);
  const decoded = decodeLabels(labels, { provider, allowPrivileged: config.allowPrivilegedLabels });
  const findings = [
    ...options.diagnostics,
    ...decoded.diagnostics,
    ...withoutValue(tags, config.prefix, place, provider),
  ];
  const nothing: Part = { owner, config: EMPTY_CONFIG, diagnostics: [] };
  const { enable, consulCatalog = {} } = options.value;
  const isUnclear = options.diagnostics.some(({ severity }) => severity === 'error');
  if (isUnclear) return { ...nothing, diagnostics: findings };
  if (!(enable ?? config.exposedByDefault) || !context.constraint(new Set(tags))) return nothing;
  if (!isHealthy(instance, config.strictChecks))
    return { ...nothing, diagnostics: [notHealthy(instance, at, provider)] };

  const more: Diagnostic[] = [];
  const serverAt = (port: string | undefined): ServerAddress => {
    const host = service.Address || node.Address;
    const number = port ?? String(service.Port);
    if (number !== '0' && host !== '') return { kind: 'address', address: formatted(host, number) };
    more.push(noServer(host === '' ? 'address' : 'port', owner, at, provider));
    return { kind: 'withheld' };
  };
  const serviceName =
    consulCatalog.canary === true
      ? normalise(`${service.Service}-${fnv1(tags.toSorted().join(''))}`)
      : normalise(service.Service);
  const completed = completeLabelled(decoded.config, { provider, serviceName, at, serverAt });
  return {
    owner,
    config: completed.config,
    diagnostics: [...findings, ...completed.diagnostics, ...more.slice(0, 1)],
  };
}

const roots = (prefix: string) => (prefix === 'traefik' ? ['traefik', 'sluice'] : [prefix]);

export const isOurs = (tag: string, prefix: string) =>
  roots(prefix).some((root) => tag.startsWith(`${root}.`));

/** CNS-7: cut at the first `=`; a prefix of one's own stands for `traefik`. */
function labelOf(tag: string, prefix: string, at: Place): Label | undefined {
  const cut = tag.indexOf('=');
  const root = roots(prefix).find((word) => tag.startsWith(`${word}.`));
  if (cut < 0 || root === undefined) return undefined;
  const below = tag.slice(root.length, cut);
  return { key: `${root === 'sluice' ? root : 'traefik'}${below}`, value: tag.slice(cut + 1), at };
}

function withoutValue(
  tags: readonly string[],
  prefix: string,
  place: (tag: string) => Place,
  provider: string,
): readonly Diagnostic[] {
  return tags
    .filter((tag) => isOurs(tag, prefix) && !tag.includes('='))
    .map((tag) => ({
      code: 'syntax',
      severity: 'warning',
      provider,
      at: place(tag),
      message: 'the tag has no = and says nothing',
      value: tag,
      fix: `write ${tag}=VALUE`,
    }));
}

/** CNS-10. */
function statusOf({ Checks }: Instance): string {
  if (Checks.some(({ CheckID }) => /^_(node|service)_maintenance/.test(CheckID)))
    return 'maintenance';
  return (
    ['critical', 'warning'].find((status) => Checks.some((check) => check.Status === status)) ??
    'passing'
  );
}

function isHealthy(instance: Instance, accepted: readonly string[]): boolean {
  const words = accepted.map((word) => word.toLowerCase());
  return words.includes('any') || words.includes(statusOf(instance));
}

const notHealthy = (instance: Instance, at: Place, provider: string): Diagnostic => ({
  code: 'unhealthy',
  severity: 'info',
  provider,
  object: { kind: 'instance', name: instance.Service.ID },
  at,
  message: `the instance's checks are ${statusOf(instance)}, so it gets no connections`,
  value: statusOf(instance),
  fix: 'it is used as soon as its checks pass',
});

const noServer = (
  what: 'address' | 'port',
  owner: Owner,
  at: Place,
  provider: string,
): Diagnostic => ({
  code: what === 'port' ? 'no-port' : 'no-address',
  severity: 'warning',
  provider,
  object: { kind: 'instance', name: owner.name },
  at,
  message: `the instance is registered without ${what === 'port' ? 'a port' : 'an address'}, so it is no server`,
  fix:
    what === 'port'
      ? 'register its port, or write the tag traefik.tcp.services.NAME.loadbalancer.server.port'
      : 'register its address',
});

const formatted = (host: string, port: string) =>
  isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;

/** FNV-1 (not 1a) of 64 bits, as a decimal number (CNS-15). */
export function fnv1(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) {
    hash = BigInt.asUintN(64, hash * 0x100000001b3n) ^ BigInt(byte);
  }
  return hash.toString();
}
