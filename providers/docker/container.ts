import { isIP } from 'node:net';
import { z } from 'zod';
import type { Constraint } from '../../src/config/constraints/constraints.js';
import { decodeLabels, decodeOptions, type Label } from '../../src/config/decode/labels.js';
import type { Diagnostic, Place } from '../../src/config/diagnostic.js';
import { completeLabelled, normalise, type ServerAddress } from '../../src/config/labelled.js';
import { EMPTY_CONFIG } from '../../src/config/model.js';
import type { Owner, Part } from '../../src/config/provider.js';
import type { DockerConfig } from '../../src/config/static.js';
import type { Inspected } from './client.js';
import { addressOf, type Finding, type Self } from './network.js';
import { portOf, publishedAt } from './port.js';

export type Labels = ReadonlyMap<string, string>;

export interface ContainerContext {
  readonly provider: string;
  readonly config: DockerConfig;
  readonly constraint: Constraint<Labels>;
  readonly self: Self | undefined;
  /** The container that `network_mode: container:x` names. */
  readonly carrier: Inspected | undefined;
}

/** DKR-8. */
const optionsSchema = z.strictObject({
  enable: z.boolean().optional(),
  docker: z
    .strictObject({
      network: z.string().optional(),
      allowNonRunning: z.boolean().optional(),
      lbswarm: z.boolean().optional(),
    })
    .optional(),
});

/** What one container says. Pure: the same container gives the same part. */
export function translate(inspected: Inspected, context: ContainerContext): Part {
  const { provider, config } = context;
  const name = inspected.Name.replace(/^\//, '');
  const place = (key: string): Place => ({
    kind: 'label',
    container: name,
    containerId: inspected.Id,
    key,
  });
  const at = place('');
  const owner = ownerOf(inspected, name);
  const written = new Map(Object.entries(inspected.Config.Labels ?? {}));
  const labels = [...written].map(([key, value]): Label => ({ key, value, at: place(key) }));
  if (!labels.some(({ key }) => /^(traefik|sluice)\./i.test(key)))
    return { owner, config: EMPTY_CONFIG, diagnostics: [] };

  const options = decodeOptions(optionsSchema, labels, ['enable', 'docker'], provider);
  const decoded = decodeLabels(labels, { provider, allowPrivileged: config.allowPrivilegedLabels });
  const findings = [...options.diagnostics, ...decoded.diagnostics];
  const nothing = (more: readonly Finding[] = []): Part => ({
    owner,
    config: EMPTY_CONFIG,
    diagnostics: [...findings, ...about(more, provider, name)],
  });
  const { enable, docker = {} } = options.value;
  // Whoever meant to switch the container off must not find it exposed.
  if (isEnableUnclear(findings)) return nothing();
  if (!(enable ?? config.exposedByDefault)) return { owner, config: EMPTY_CONFIG, diagnostics: [] };
  if (!context.constraint(written)) return { owner, config: EMPTY_CONFIG, diagnostics: [] };
  const state = stateOf(inspected, at);
  const isDropped = docker.allowNonRunning !== true && state.keepsOut(config.allowEmptyServices);
  const hasRoutes = decoded.config.routers.size > 0 || decoded.config.services.size > 0;
  if (isDropped) return nothing(hasRoutes ? state.findings : []);

  const more: Finding[] = state.isUp ? [] : [...state.findings];
  const serverAt = (port: string | undefined, where: Place): ServerAddress =>
    state.isUp
      ? serverAddress(inspected, context, { port, label: docker.network, where, at }, more)
      : { kind: 'withheld' };
  const serviceName = serviceNameOf(written, name);
  const completed = completeLabelled(decoded.config, { provider, serviceName, at, serverAt });
  const diagnostics = [
    ...findings,
    ...completed.diagnostics,
    ...about(unique(more), provider, name),
  ];
  return { owner, config: completed.config, diagnostics };
}

function ownerOf(inspected: Inspected, name: string): Owner {
  const started = Date.parse(inspected.State.StartedAt);
  // A container that never ran has no age: it is the youngest.
  const since = Number.isNaN(started) || started < 0 ? Number.MAX_SAFE_INTEGER : started;
  return { kind: 'container', id: inspected.Id, name, since };
}

const about = (
  findings: readonly Finding[],
  provider: string,
  name: string,
): readonly Diagnostic[] =>
  findings.map((finding) => ({ provider, object: { kind: 'container', name }, ...finding }));

/** Several services of a container find the same things about its network. */
const unique = (findings: readonly Finding[]) => [
  ...new Map(findings.map((finding) => [`${finding.code} ${finding.message}`, finding])).values(),
];

/** A bad value of `enable`, or a key that was probably meant to be it. */
function isEnableUnclear(findings: readonly Diagnostic[]): boolean {
  return findings.some(
    ({ severity, at, suggestions }) =>
      severity === 'error' &&
      at.kind === 'label' &&
      /^(traefik|sluice)\./.test(at.key) &&
      (/^\w+\.enable$/i.test(at.key) || suggestions?.includes('enable') === true),
  );
}

/** DKR-23. */
function serviceNameOf(labels: Labels, name: string): string {
  const project = labels.get('com.docker.compose.project') ?? '';
  const service = labels.get('com.docker.compose.service') ?? '';
  return normalise(project !== '' && service !== '' ? `${service}_${project}` : name);
}

/** DKR-14 to DKR-17. */
function stateOf(inspected: Inspected, at: Place) {
  const { Status, Health } = inspected.State;
  const isRunning = Status === '' || Status === 'running';
  const health = Health?.Status ?? '';
  const isHealthy = health === '' || health === 'healthy' || health === 'none';
  const finding: Finding = isRunning
    ? {
        code: 'unhealthy',
        severity: 'info',
        at,
        message: `the container's health is "${health}", so it gets no connections`,
        value: health,
        fix: 'it is used as soon as its health check succeeds',
      }
    : {
        code: 'not-running',
        severity: 'info',
        at,
        message: `the container is ${Status}, so it gets no connections`,
        value: Status,
        fix: 'start it',
      };
  return {
    isUp: isRunning && isHealthy,
    keepsOut: (allowEmpty: boolean) => !isRunning || (!isHealthy && !allowEmpty),
    findings: isRunning && isHealthy ? [] : [finding],
  };
}

interface ServerQuestion {
  readonly port: string | undefined;
  /** The network that a label names. */
  readonly label: string | undefined;
  /** Where the port stands. */
  readonly where: Place;
  readonly at: Place;
}

function serverAddress(
  inspected: Inspected,
  { config, self, carrier }: ContainerContext,
  { port: written, label, where, at }: ServerQuestion,
  findings: Finding[],
): ServerAddress {
  const { port, findings: aboutPort } = portOf(inspected, written, where);
  const [noPort] = aboutPort;
  if (port === undefined) {
    return noPort
      ? { kind: 'none', finding: noPort }
      : {
          kind: 'none',
          finding: {
            code: 'no-port',
            severity: 'error',
            at: where,
            message: `"${written ?? ''}" is not a port`,
          },
        };
  }
  findings.push(...aboutPort);
  const published = config.useBindPortIP ? publishedAt(inspected, port) : undefined;
  if (published) return { kind: 'address', address: formatted(published.host, published.port) };
  const project = new Map(Object.entries(inspected.Config.Labels)).get(
    'com.docker.compose.project',
  );
  const place =
    label === undefined || at.kind !== 'label' ? at : { ...at, key: 'traefik.docker.network' };
  const answer = addressOf({
    inspected,
    label,
    option: config.network,
    project,
    self,
    carrier,
    at: place,
  });
  if (answer.host !== undefined) {
    findings.push(...answer.findings);
    return { kind: 'address', address: formatted(answer.host, port) };
  }
  const finding = answer.findings.at(-1) ?? {
    code: 'no-address',
    severity: 'error',
    at,
    message: 'it has no address',
  };
  findings.push(...answer.findings.slice(0, -1));
  return { kind: 'none', finding };
}

const formatted = (host: string, port: number) =>
  isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
