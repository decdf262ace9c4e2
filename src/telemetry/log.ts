import { pino } from 'pino';
import { openDestination, type Destination } from './destination.js';
import type { LogFields } from './log-fields.js';

/** The program's log, from pressing to chatty. */
export interface Logger {
  fatal(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  debug(fields: LogFields, message: string): void;
  isLevelEnabled(level: string): boolean;
}

export interface LogOptions {
  readonly level: string;
  /** Undefined: JSON, pretty on a terminal (D38). */
  readonly format: 'common' | 'json' | undefined;
  readonly noColor: boolean;
  /** Empty: stdout. */
  readonly filePath: string;
  readonly isTerminal: boolean;
}

export interface OpenLog {
  readonly log: Logger;
  /** Opens the file of this name again (SIGUSR1); nothing for stdout. */
  readonly reopen: () => void;
}

/**
 * Opens the log. Lines are written before the call returns, so that nothing is lost on any exit (D48), if they
 * can be. Throws if the file cannot be opened.
 */
export async function openLog(options: LogOptions): Promise<OpenLog> {
  const { level, filePath } = options;
  const destination = openDestination(filePath, (lines) => sayLost(log, lines));
  const log: Logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    isPretty(options) ? await prettyTo(destination, options) : destination,
  );
  return {
    log,
    reopen() {
      try {
        destination.reopen();
      } catch (err) {
        log.warn({ err }, 'the log file cannot be opened again: the old one is written on');
      }
    },
  };
}

/** Of this log, or of another one. */
export function sayLost(log: Logger, lines: number): void {
  log.warn({ lines }, 'lines of a log are lost: its reader did not keep up, or its disk was full');
}

const isPretty = ({ format, isTerminal, filePath }: LogOptions) =>
  format === 'common' || (format === undefined && isTerminal && filePath === '');

/** Loaded only where somebody reads along. Not as a stream of its own, which would write later. */
async function prettyTo(
  destination: Destination,
  { isTerminal, noColor, filePath }: LogOptions,
): Promise<Pick<Destination, 'write'>> {
  const { prettyFactory } = await import('pino-pretty');
  const prettify = prettyFactory({
    singleLine: true,
    colorize: isTerminal && !noColor && filePath === '',
  });
  return { write: (line) => destination.write(prettify(line)) };
}
