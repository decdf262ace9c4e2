import { unescape } from '../config/escapes.js';
import { DEFAULT_INTERVAL, DEFAULT_TIMEOUT, SHORTEST_INTERVAL } from '../config/health-check.js';
import type { HealthCheckConfig } from '../config/model.js';

/** How the servers of a service are checked. Milliseconds. Immutable; the same object as long as the settings are equal. */
export interface HealthCheck {
  /** What it was made of. */
  readonly written: HealthCheckConfig;
  /** Undefined: the server's own. */
  readonly port: number | undefined;
  readonly interval: number;
  /** Of a server that is down. */
  readonly unhealthyInterval: number;
  /** From the dial to the last byte. */
  readonly timeout: number;
  /** Results in a row that bring a server up, or down; the first one of all decides alone (D19). */
  readonly rise: number;
  readonly fall: number;
  readonly question: Question;
}

/** What is said to a server, and what it has to answer. */
export type Question =
  | {
      readonly kind: 'tcp';
      readonly send: Buffer;
      /** The answer begins with it; empty: none is waited for. */
      readonly expect: Buffer;
    }
  | {
      readonly kind: 'http';
      readonly method: string;
      readonly path: string;
      /** Empty: the server's. */
      readonly hostname: string;
      /** Undefined: 200 to 399. */
      readonly status: number | undefined;
      /** Undefined: TLS where the service speaks it. */
      readonly scheme: 'http' | 'https' | undefined;
    };

/** Findings about it have been said where it was decoded. */
export function healthCheckOf(config: HealthCheckConfig): HealthCheck {
  const interval = intervalOf(config.interval, DEFAULT_INTERVAL);
  const { timeout = 0 } = config;
  return {
    written: config,
    port: config.port === 0 ? undefined : config.port,
    interval,
    unhealthyInterval: intervalOf(config.unhealthyInterval, interval),
    timeout: timeout > 0 ? timeout : DEFAULT_TIMEOUT,
    rise: config.rise ?? 1,
    fall: config.fall ?? 1,
    question: questionOf(config),
  };
}

function intervalOf(written = 0, instead: number): number {
  return written > 0 ? Math.max(written, SHORTEST_INTERVAL) : instead;
}

function questionOf(config: HealthCheckConfig): Question {
  const { mode = 'tcp', path = '/', method = 'GET', hostname = '', status, scheme } = config;
  if (mode === 'http') return { kind: 'http', method, path, hostname, status, scheme };
  return { kind: 'tcp', send: bytesOf(config.send), expect: bytesOf(config.expect) };
}

function bytesOf(text = ''): Buffer {
  const unescaped = unescape(text);
  return unescaped.ok ? unescaped.bytes : Buffer.from(text);
}
