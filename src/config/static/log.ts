import type { LogConfig } from '../static.js';
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
