import assert from 'node:assert/strict';
import test from 'node:test';
import {
  containerOptions,
  labelsOf,
  type ContainerOptions,
} from '../../../../providers/docker/container-options.js';
import { container } from '../../../support/docker.js';

interface Case {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly says?: Partial<Omit<ContainerOptions, 'diagnostics'>>;
  /** `severity code`. */
  readonly said?: readonly string[];
}

const BLANK: Omit<ContainerOptions, 'diagnostics'> = {
  enable: undefined,
  isClear: true,
  network: undefined,
  allowNonRunning: false,
};

/** DKR-8. */
const CASES: readonly Case[] = [
  { name: 'nothing', labels: { 'traefik.tcp.routers.r.rule': 'x', other: 'y' } },
  { name: 'on', labels: { 'traefik.enable': 'true' }, says: { enable: true } },
  { name: 'on, as Go reads it', labels: { 'traefik.Enable': 'T' }, says: { enable: true } },
  { name: 'off', labels: { 'traefik.enable': 'false' }, says: { enable: false } },
  {
    name: 'on and off: our own root counts (D37)',
    labels: { 'traefik.enable': 'false', 'sluice.enable': 'true' },
    says: { enable: true },
    said: ['info ignored'],
  },
  {
    name: 'a word that is neither: it is off',
    labels: { 'traefik.enable': 'yes' },
    says: { enable: false, isClear: false },
    said: ['error bad-value'],
  },
  {
    name: 'an empty word: it is off',
    labels: { 'traefik.enable': '' },
    says: { enable: false, isClear: false },
    said: ['error bad-value'],
  },
  // A misspelt switch is said by the decoder of the labels, as any unknown key is.
  {
    name: 'a misspelt off: it is off',
    labels: { 'traefik.enabled': 'false' },
    says: { enable: false, isClear: false },
  },
  {
    name: 'a misspelt on: nobody switched it on',
    labels: { 'traefik.enabled': 'true' },
    says: { isClear: false },
  },
  {
    name: 'off under a root in the wrong case: it is off',
    labels: { 'Traefik.enable': 'false' },
    says: { enable: false, isClear: false },
  },
  {
    name: 'on, and a misspelt off: it is off',
    labels: { 'traefik.enable': 'true', 'traefik.enabel': 'no' },
    says: { enable: false, isClear: false },
  },
  {
    name: 'a network',
    labels: { 'traefik.docker.network': 'front' },
    says: { network: 'front' },
  },
  {
    name: 'that no network is meant',
    labels: { 'traefik.docker.network': '' },
    says: { network: '' },
  },
  {
    name: 'that it counts while it does not run',
    labels: { 'traefik.docker.allowNonRunning': 'true' },
    says: { allowNonRunning: true },
  },
  {
    name: 'Swarm matters, which are passed over',
    labels: { 'traefik.docker.lbswarm': 'true' },
  },
  {
    name: 'an unknown option beside a good one',
    labels: { 'traefik.docker.netwrok': 'x', 'traefik.docker.allownonrunning': 'true' },
    says: { allowNonRunning: true },
    said: ['error unknown-key'],
  },
];

for (const { name, labels, says = {}, said = [] } of CASES) {
  test(`labels may say ${name}`, () => {
    const { diagnostics, ...options } = containerOptions(labelsOf(container({ labels })), 'docker');
    assert.deepEqual(options, { ...BLANK, ...says });
    assert.deepEqual(
      diagnostics.map(({ severity, code }) => `${severity} ${code}`),
      said,
    );
  });
}

test('only labels of ours are read, each with its place', () => {
  const one = container({ name: 'web', labels: { 'traefik.a': '1', 'com.x.traefik.b': '2' } });
  assert.deepEqual(labelsOf(one), [
    {
      key: 'traefik.a',
      value: '1',
      at: { kind: 'label', container: 'web', containerId: one.id, key: 'traefik.a' },
    },
  ]);
});
