import { z } from 'zod';
import { decodeOptions, type Label } from '../../../src/config/decode/labels.js';
import type { Diagnostic } from '../../../src/config/diagnostic.js';
import { switched, type ContainerOptions } from '../container-options.js';
import type { SwarmOrigin } from '../inspected.js';

/** Facts 5.9. Those under `docker` are of an older Traefik. */
const schema = z.strictObject({
  enable: z.boolean().optional(),
  swarm: z
    .strictObject({ network: z.string().optional(), lbswarm: z.boolean().optional() })
    .optional(),
  docker: z
    .strictObject({
      network: z.string().optional(),
      lbswarm: z.boolean().optional(),
      allowNonRunning: z.boolean().optional(),
    })
    .optional(),
});

interface Wanted {
  readonly network: string | undefined;
  /** The service is reached at its virtual address, not at its tasks. */
  readonly lbswarm: boolean;
}

function read(labels: readonly Label[], provider: string) {
  const sections = ['enable', 'swarm', 'docker'];
  const { value, diagnostics } = decodeOptions(schema, labels, sections, provider);
  const { enable, swarm = {}, docker = {} } = value;
  const wanted: Wanted = {
    network: swarm.network ?? docker.network,
    lbswarm: swarm.lbswarm ?? docker.lbswarm ?? false,
  };
  return { enable, wanted, diagnostics };
}

/** True if the labels of a service ask for its virtual address. */
export const wantsVirtualAddress = (labels: readonly Label[], provider: string): boolean =>
  labels.some(({ key }) => /lbswarm$/i.test(key)) && read(labels, provider).wanted.lbswarm;

/** What the labels of a service say to the provider itself. */
export function serviceOptions(
  labels: readonly Label[],
  service: SwarmOrigin,
  provider: string,
): ContainerOptions {
  const { enable, wanted, diagnostics } = read(labels, provider);
  const isBoth = labels.some(isUnder('swarm')) && labels.some(isUnder('docker'));
  const hasNone = wanted.lbswarm && !service.isWhole;
  return {
    ...switched(labels, enable, diagnostics),
    network: wanted.network,
    allowNonRunning: false,
    diagnostics: [
      ...diagnostics,
      ...labels.filter(isUnder('docker')).map((label) => outdated(label, isBoth)),
      ...labels.filter(isUnder('consulcatalog')).map(unread),
      ...labels.filter(({ key }) => hasNone && /lbswarm$/i.test(key)).map(noVirtualAddress),
    ],
  };
}

const isUnder =
  (section: string) =>
  ({ key }: Label) =>
    new RegExp(`^\\w+\\.${section}\\.`, 'i').test(key);

function outdated({ key, value, at }: Label, isBoth: boolean): Diagnostic {
  const [root = '', , option = ''] = key.split('.', 3);
  const isUnused = option.toLowerCase() === 'allownonrunning';
  return {
    code: isUnused ? 'ignored' : 'deprecated',
    severity: 'warning',
    at,
    message: isUnused
      ? 'it has no effect on a Swarm service'
      : isBoth
        ? 'options of a Swarm service stand under "swarm", which counts where both say something; Traefik drops a service that has both'
        : 'options of a Swarm service stand under "swarm"',
    value,
    fix: isUnused ? 'leave it out' : `write ${root}.swarm.${option}`,
  };
}

const unread = ({ value, at }: Label): Diagnostic => ({
  code: 'ignored',
  severity: 'warning',
  at,
  message: 'it has no effect on a Swarm service',
  value,
  fix: 'leave it out',
});

const noVirtualAddress = ({ value, at }: Label): Diagnostic => ({
  code: 'ignored',
  severity: 'warning',
  at,
  message: 'the service has no virtual address, so its tasks are used',
  value,
  fix: 'leave the label out; or give the service an overlay network, with --endpoint-mode vip',
});
