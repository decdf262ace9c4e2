import { constants } from 'node:os';

/** Linux's first and last real-time signal, as programs see them. */
const FIRST_REAL_TIME = 34;
const LAST_REAL_TIME = 64;

/** Ends a container whatever its stop signal is. */
const KILL = 9;

/** The number of a signal that is written as `15`, `TERM`, `SIGTERM` or `SIGRTMIN+3`; undefined: there is none. */
export function signalNumber(written: string): number | undefined {
  if (/^\d{1,2}$/.test(written)) return Number(written);
  const name = written.toUpperCase().replace(/^(?:SIG)?/, 'SIG');
  const [, edge, sign, digits] = /^SIGRT(MIN|MAX)(?:([+-])(\d{1,2}))?$/.exec(name) ?? [];
  if (edge !== undefined) {
    const offset = Number(digits ?? 0) * (sign === '-' ? -1 : 1);
    return (edge === 'MIN' ? FIRST_REAL_TIME : LAST_REAL_TIME) + offset;
  }
  return new Map<string, number>(Object.entries(constants.signals)).get(name);
}

/** Whether a container that gets this signal is meant to end (D30). HUP and others have other meanings. */
export function isMeantToEnd(signal: string, stopSignal: string): boolean {
  const number = signalNumber(signal);
  return number === KILL || (number !== undefined && number === signalNumber(stopSignal));
}
