import { z } from 'zod';
import { decodeOptions, type Label } from '../../src/config/decode/labels.js';
import { nearest } from '../../src/config/decode/nearest.js';
import { parseBoolean } from '../../src/config/decode/values.js';
import type { Diagnostic } from '../../src/config/diagnostic.js';
import { placeOf } from './finding.js';
import type { Container } from './inspected.js';
import { isOurs } from './label-keys.js';

/** DKR-8. */
const schema = z.strictObject({
  enable: z.boolean().optional(),
  docker: z
    .strictObject({
      network: z.string().optional(),
      allowNonRunning: z.boolean().optional(),
      lbswarm: z.boolean().optional(),
    })
    .optional(),
});

/** The labels of a container that concern us. */
export function labelsOf(container: Container): readonly Label[] {
  return [...container.labels]
    .filter(([key]) => isOurs(key))
    .map(([key, value]) => ({ key, value, at: placeOf(container, key) }));
}

/** What a container's labels say to the provider itself. */
export interface ContainerOptions {
  /** Undefined: nothing was said. */
  readonly enable: boolean | undefined;
  /** False: a label was meant to switch the container on or off, and is not written as such. */
  readonly isClear: boolean;
  readonly network: string | undefined;
  readonly allowNonRunning: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads them. */
export function containerOptions(labels: readonly Label[], provider: string): ContainerOptions {
  const { value, diagnostics } = decodeOptions(schema, labels, ['enable', 'docker'], provider);
  const { enable, docker = {} } = value;
  return {
    ...switched(labels, enable, diagnostics),
    network: docker.network,
    allowNonRunning: docker.allowNonRunning ?? false,
    diagnostics: [...diagnostics, ...labels.filter(isOthers).map(unread)],
  };
}

/**
 * Whoever meant to switch a container off must not find it exposed: of a switch that cannot be read, off
 * is believed, and on is not.
 */
export function switched(
  labels: readonly Label[],
  enable: boolean | undefined,
  diagnostics: readonly Diagnostic[],
): Pick<ContainerOptions, 'enable' | 'isClear'> {
  const isBad = diagnostics.some(
    ({ severity, at }) =>
      severity === 'error' && at.kind === 'label' && /^\w+\.enable\b/i.test(at.key),
  );
  const misspelt = labels.filter(isMisspeltSwitch);
  return {
    enable: isBad || misspelt.some(({ value }) => !isTrue(value)) ? false : enable,
    isClear: !isBad && misspelt.length === 0,
  };
}

/** Options of a provider that does not read containers (D33). */
const isOthers = ({ key }: Label) => /^\w+\.(?:swarm|consulcatalog)\./i.test(key);

function unread({ key, value, at }: Label): Diagnostic {
  const [root = ''] = key.split('.', 1);
  const option = key.split('.').at(-1)?.toLowerCase();
  return {
    code: 'ignored',
    severity: 'warning',
    at,
    message: 'it has no effect on a container',
    value,
    fix: option === 'network' ? `write ${root}.docker.network` : 'leave it out',
  };
}

function isMisspeltSwitch({ key }: Label): boolean {
  const [, root = '', section = ''] = /^(traefik|sluice)\.([^.]*)$/i.exec(key) ?? [];
  const isRight = root === root.toLowerCase() && section.toLowerCase() === 'enable';
  return root !== '' && !isRight && nearest(section, ['enable']).length > 0;
}

function isTrue(text: string): boolean {
  const parsed = parseBoolean(text);
  return parsed.ok && parsed.value;
}
