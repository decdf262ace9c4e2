import type { Trial } from '../config/trial.js';
import { printable } from './report.js';

export interface NamedTrial extends Trial {
  /** `docker unix:///var/run/docker.sock`, `entry point pg`. */
  readonly where: string;
}

/** One line each, below that what helps. */
export function formatTrials(trials: readonly NamedTrial[]): string {
  const failures = trials.filter(({ ok }) => !ok).length;
  const verdict =
    trials.length === 0
      ? 'nothing was tried: no source and no entry point is configured'
      : failures === 0
        ? `all ${trials.length} are there`
        : `${failures} of ${trials.length} ${failures === 1 ? 'is' : 'are'} missing`;
  return [
    ...trials.flatMap(({ where, need, ok, detail, fix }) => [
      printable(`${ok ? 'ok  ' : 'FAIL'}  ${where}: ${need}: ${detail}`),
      ...(fix === undefined ? [] : [printable(`      -> ${fix}`)]),
    ]),
    '',
    verdict,
    '',
  ].join('\n');
}
