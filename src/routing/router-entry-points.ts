import { nearest } from '../config/decode/nearest.js';
import type { Diagnostic } from '../config/diagnostic.js';
import type { Merged } from '../config/merged.js';
import type { RouterConfig } from '../config/model.js';
import { tight } from '../config/tight.js';
import type { EntryPointInfo } from './entry-points.js';
import { about, type Unplaced } from './finding.js';

/** Where one router listens. */
export interface RouterEntryPoints {
  /** Configured or defaulted (AGG-11). */
  readonly names: readonly string[];
  /** Those that exist, in router order. */
  readonly using: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface EntryPoints {
  readonly byName: ReadonlyMap<string, EntryPointInfo>;
  /** Of a router that names none. */
  readonly defaults: readonly string[];
}

/** 7.4 #1 and #2. */
export function readEntryPoints(
  router: Merged<RouterConfig>,
  { byName, defaults }: EntryPoints,
): RouterEntryPoints {
  const { entryPoints: written = [] } = router.config;
  const names = written.length === 0 ? defaults : written;
  const using = names.filter((name) => byName.get(name)?.protocol === 'tcp');
  const missing = [...new Set(names)].filter((name) => !using.includes(name));
  const severity = using.length === 0 ? 'error' : 'warning';
  const diagnostics = missing.map((name) =>
    about('router', router, [`entryPoints[${names.indexOf(name)}]`, 'entryPoints'], {
      code: severity === 'error' ? 'no-entry-point' : 'unknown-reference',
      severity,
      ...missingEntryPoint(name, byName),
    }),
  );
  if (names.length === 0) diagnostics.push(about('router', router, 'entryPoints', NO_DEFAULT));
  return { names, using: tight(using), diagnostics: tight(diagnostics) };
}

const NO_DEFAULT: Unplaced = {
  code: 'no-entry-point',
  severity: 'error',
  message: 'the router names no entry point, and none is a default',
  fix: 'write entryPoints, or add a TCP entry point to the static configuration',
};

function missingEntryPoint(
  name: string,
  byName: ReadonlyMap<string, EntryPointInfo>,
): Pick<Unplaced, 'message' | 'value' | 'fix' | 'suggestions'> {
  const tcp = [...byName.values()].filter(({ protocol }) => protocol === 'tcp');
  const known = tcp.map((entryPoint) => entryPoint.name);
  const all = known.length === 0 ? 'there is none' : `there is ${known.join(', ')}`;
  if (name === '') {
    return { message: 'an entry point has no name', value: '', fix: 'leave the comma out' };
  }
  if (byName.has(name)) {
    return {
      message: `entry point "${name}" is UDP`,
      value: name,
      fix: `write a TCP entry point: ${all}`,
      suggestions: known,
    };
  }
  const parts = name.split(/[,\s]+/);
  if (parts.length > 1 && parts.every((part) => known.includes(part))) {
    return {
      message: `there is no entry point "${name}"`,
      value: name,
      fix: 'write each entry point as an item of its own',
      suggestions: parts,
    };
  }
  const near = nearest(name.replaceAll(/^["'`]+|["'`]+$/g, ''), known);
  return {
    message: `there is no entry point "${name.slice(0, 100)}"`,
    value: name,
    fix: near[0] === undefined ? `write one that exists: ${all}` : `did you mean "${near[0]}"?`,
    suggestions: near.length === 0 ? known : near,
  };
}
