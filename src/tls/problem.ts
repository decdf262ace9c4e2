import { nearest } from '../config/decode/nearest.js';
import type { Diagnostic } from '../config/diagnostic.js';

/** What is wrong with one field of an object, without saying which object. */
export interface Problem extends Omit<Diagnostic, 'provider' | 'object' | 'at'> {
  /** Below the object. */
  readonly path: string;
}

const SHORT_LIST = 5;

/** A value that is not in its list. `meant`: what it looks like, if not the nearest. */
export function unknownValue(
  path: string,
  what: string,
  written: string,
  known: readonly string[],
  meant: string | undefined = nearest(written, known)[0],
): Problem {
  return {
    path,
    code: 'unknown-value',
    severity: 'error',
    message: `there is no ${what} "${written.slice(0, 100)}"`,
    value: written,
    fix: meant === undefined ? `write one of ${known.join(', ')}` : `did you mean "${meant}"?`,
    // A short list is shown whole: another of them may be meant.
    suggestions:
      meant === undefined
        ? known
        : known.length > SHORT_LIST
          ? [meant]
          : [meant, ...known.filter((one) => one !== meant)],
  };
}

/** D40: some of a list cannot be had on this Node. The others are used, if there are any. */
export function lacking(
  path: string,
  lacks: readonly string[],
  isAll: boolean,
  fix: string,
): Problem {
  const names = lacks.join(', ');
  return {
    path,
    code: 'not-served',
    severity: isAll ? 'error' : 'warning',
    message: `Node.js ${process.versions.node} with OpenSSL ${process.versions.openssl} lacks ${names}${isAll ? '' : ': the others are used'}`,
    value: names,
    fix,
  };
}
