import type { Finding } from '../diagnostic.js';
import { unescape } from '../escapes.js';
import { DEFAULT_INTERVAL, LONGEST_TEXT, SHORTEST_INTERVAL } from '../health-check.js';
import type { HealthCheckConfig } from '../model.js';
import { formatDuration } from './values.js';
import { cut } from './reading.js';

/** A finding about one field of the section. */
export type HealthCheckFinding = Omit<Finding, 'at'> & { readonly key: string };

const HTTP_ONLY = ['path', 'method', 'status', 'scheme', 'hostname'] as const;
const TCP_ONLY = ['send', 'expect'] as const;

/** What a health check must fulfil beyond the types of its fields. */
export function healthCheckFindings(config: HealthCheckConfig): readonly HealthCheckFinding[] {
  return [
    ...numberFindings(config),
    ...intervalFindings(config),
    ...TCP_ONLY.flatMap((key) => textFindings(key, config[key] ?? '')),
    ...httpFindings(config),
    ...strayFindings(config),
  ];
}

const bad = (key: string, value: string | number, message: string, fix: string) => ({
  key,
  code: 'bad-value' as const,
  severity: 'error' as const,
  message,
  value: cut(String(value)),
  fix,
});

function numberFindings({ port = 0, status = 200 }: HealthCheckConfig) {
  const found: HealthCheckFinding[] = [];
  if (port < 0 || port > 65_535) {
    found.push(bad('port', port, `${port} is not a port`, 'write a number from 1 to 65535'));
  }
  if (status < 100 || status > 599) {
    found.push(bad('status', status, `${status} is no HTTP status`, 'write a number such as 200'));
  }
  return found;
}

function intervalFindings(config: HealthCheckConfig): readonly HealthCheckFinding[] {
  return (['interval', 'unhealthyInterval', 'timeout'] as const).flatMap((key) => {
    const value = config[key];
    // 0 is the default, as if it was not written (BUG-16).
    if (value === undefined || value === 0) return [];
    const isShort = key !== 'timeout' && value < SHORTEST_INTERVAL;
    if (value > 0 && !isShort) return [];
    const instead = value < 0 ? 'its default' : formatDuration(SHORTEST_INTERVAL);
    const { severity: _, ...finding } = bad(
      key,
      formatDuration(value),
      `${key} ${formatDuration(value)} makes no sense: ${instead} is used`,
      `write a duration such as ${formatDuration(DEFAULT_INTERVAL)}`,
    );
    return [{ ...finding, severity: 'warning' as const }];
  });
}

function textFindings(key: string, text: string): readonly HealthCheckFinding[] {
  const unescaped = unescape(text);
  if (!unescaped.ok) {
    const escape = text.slice(unescaped.offset, unescaped.offset + 2);
    const fix = 'write \\\\ for a backslash; there are \\r, \\n, \\t, \\0, \\" and \\xHH';
    return [bad(key, text, `"${escape}" in ${key} means nothing`, fix)];
  }
  const { length } = unescaped.bytes;
  if (length <= LONGEST_TEXT) return [];
  return [bad(key, text, `${key} has ${length} bytes`, `write ${LONGEST_TEXT} at most`)];
}

function httpFindings({ path = '/', method = 'GET', hostname = '' }: HealthCheckConfig) {
  const found: HealthCheckFinding[] = [];
  if (!/^\/[!-~]*$/.test(path)) {
    const fix = 'begin with /, and write other than printable ASCII as %HH';
    found.push(bad('path', path, `"${cut(path)}" is no path`, fix));
  }
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method)) {
    found.push(bad('method', method, `"${cut(method)}" is no HTTP method`, 'write GET or HEAD'));
  }
  if (!/^[!-~]*$/.test(hostname)) {
    const fix = 'write a name, or name:port';
    found.push(bad('hostname', hostname, `"${cut(hostname)}" is no host name`, fix));
  }
  return found;
}

function strayFindings(config: HealthCheckConfig): readonly HealthCheckFinding[] {
  const isHttp = config.mode === 'http';
  return (isHttp ? TCP_ONLY : HTTP_ONLY)
    .filter((key) => config[key] !== undefined)
    .map((key) => ({
      key,
      code: 'ignored',
      severity: 'warning',
      message: `${key} has no effect ${isHttp ? 'with mode http' : 'without mode http'}`,
      fix: isHttp ? `leave ${key} out` : 'write mode=http',
    }));
}
