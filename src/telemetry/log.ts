import { pino, type Logger } from 'pino';

export type { Logger } from 'pino';

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

/** The program's log. Lines are written before the call returns: nothing is lost on any exit (D48). */
export async function openLog(options: LogOptions): Promise<OpenLog> {
  const { level, format, filePath, isTerminal, noColor } = options;
  const base = { level, timestamp: pino.stdTimeFunctions.isoTime, base: null };
  const destination = pino.destination({
    dest: filePath === '' ? 1 : filePath,
    sync: true,
    mkdir: true,
  });
  const reopen = () => {
    if (filePath !== '') destination.reopen();
  };
  const isPretty = format === 'common' || (format === undefined && isTerminal && filePath === '');
  if (!isPretty) return { log: pino(base, destination), reopen };
  // Loaded only where somebody reads along.
  const { default: pretty } = await import('pino-pretty');
  const stream = pretty({
    destination,
    sync: true,
    colorize: isTerminal && !noColor && filePath === '',
  });
  return { log: pino(base, stream), reopen };
}
