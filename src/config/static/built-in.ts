import { nearest } from '../decode/nearest.js';
import type { ApiConfig, EntryPointConfig } from '../static.js';
import type { ReadFile } from './config-file.js';
import type { Findings } from './findings.js';
import type { WrittenStatic } from './schema.js';

/** CFG-20. */
export function apiOf(
  written: WrittenStatic['api'],
  readFile: ReadFile,
  findings: Findings,
): ApiConfig | undefined {
  if (written === undefined) return undefined;
  const path = written.basePath === '' ? '/' : written.basePath;
  if (!/^\/[A-Za-z0-9/_.:~-]*$/.test(path)) {
    findings.error('api.basePath', {
      code: 'bad-value',
      message: `"${path}" is no base path`,
      value: path,
      fix: 'begin with /, and use letters, digits and / _ . : ~ -',
    });
  }
  if (written.token !== '' && written.tokenFile !== '') {
    findings.error('api.tokenFile', {
      code: 'conflict',
      message: 'the API has both a token and a tokenFile',
      fix: 'write one of token and tokenFile',
    });
  }
  return {
    ...written,
    basePath: path === '/' ? path : path.replace(/\/+$/, ''),
    token: written.token || tokenOf(written.tokenFile, readFile, findings),
  };
}

/** Read once, at the start. */
function tokenOf(path: string, readFile: ReadFile, findings: Findings): string {
  if (path === '') return '';
  const text = readFile(path);
  const token = typeof text === 'string' ? text.trim() : '';
  if (token === '') {
    const trouble = typeof text === 'string' ? 'is empty' : 'cannot be read';
    const detail = text instanceof Error ? `: ${text.message}` : '';
    findings.error('api.tokenFile', {
      code: 'unreadable',
      message: `"${path}" ${trouble}${detail}`,
      value: path,
      fix: 'name a file that holds the token, or leave the option out',
    });
  }
  return token;
}

/** What is served on an entry point by itself: option that names it, and the name. */
function served({
  api,
  ping,
  metrics,
}: WrittenStatic): readonly (readonly [option: string, entryPoint: string])[] {
  const prometheus = metrics?.prometheus;
  return [
    ...(api?.insecure ? [['api.insecure', 'traefik'] as const] : []),
    ...(ping && !ping.manualRouting ? [['ping.entryPoint', ping.entryPoint] as const] : []),
    ...(prometheus && !prometheus.manualRouting
      ? [['metrics.prometheus.entryPoint', prometheus.entryPoint] as const]
      : []),
  ];
}

/** The entry points that API, ping and metrics name must listen. */
export function checkBuiltIn(
  written: WrittenStatic,
  entryPoints: ReadonlyMap<string, EntryPointConfig>,
  findings: Findings,
): void {
  for (const [option, name] of served(written)) {
    // One whose address is wrong is said where it stands.
    if (!entryPoints.has(name) && Object.hasOwn(written.entryPoints, name)) continue;
    if (entryPoints.get(name)?.protocol === 'tcp') continue;
    const listening = [...entryPoints.values()].filter(({ protocol }) => protocol === 'tcp');
    const names = listening.map((entryPoint) => entryPoint.name);
    const isUdp = entryPoints.has(name);
    findings.error(option, {
      code: 'unknown-reference',
      message: isUdp
        ? `${option} needs entry point "${name}", which is UDP's`
        : `${option} needs entry point "${name}", which there is not`,
      value: name,
      fix: `name one of ${names.join(', ')}`,
      suggestions: [...new Set([...nearest(name, names), ...names])],
    });
  }
}
