import type { AccessLogConfig, LogConfig } from '../static.js';
import type { Findings } from './findings.js';
import type { WrittenStatic } from './schema.js';

/** D38. Traefik's names of levels, and those of the log. */
export function logOf(written: WrittenStatic['log']): LogConfig {
  const { level, format, noColor, filePath } = written;
  return {
    level: level === 'panic' ? 'fatal' : level === 'disabled' ? 'silent' : level,
    format,
    noColor,
    filePath,
  };
}

/** Traefik's text formats are HTTP's: lines are JSON whatever is asked for, and that is said. */
export function accessLogOf(
  written: WrittenStatic['accessLog'],
  findings: Findings,
): AccessLogConfig | undefined {
  if (written === undefined) return undefined;
  const { format, filters, ...rest } = written;
  if (format !== 'json' && format !== '') {
    findings.warning('accessLog.format', {
      code: 'ignored',
      message: `the access log has no format "${format}": its lines are JSON`,
      value: format,
      fix: 'write json, or leave it out',
    });
  }
  return { ...rest, filters };
}
