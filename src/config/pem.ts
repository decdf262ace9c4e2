/** Why a value gives no PEM. Closed. */
export type PemTrouble =
  | 'empty'
  | 'not-found'
  | 'not-allowed'
  | 'not-a-file'
  | 'too-large'
  /** There is text, and no PEM in it. */
  | 'no-pem'
  /** The disk did not answer in time; it is waited for. */
  | 'timeout'
  | 'unreadable';

/** What a value that is a path or PEM content (DYN-36) comes to. */
export type Pem =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: PemTrouble };

/**
 * The content of all files that the configuration names, at one moment. Immutable. The same `Pem`
 * (`===`) for the same value from one moment to the next as long as the content is the same: what was
 * made of it can be kept exactly while that holds.
 */
export interface Materials {
  /** `value` as it was written, a path or PEM content. */
  pem(value: string): Pem;
}

const BEGIN = '-----BEGIN ';

/** True of PEM content, which is then no path. Text of several lines never is one. */
export const isPemContent = (value: string): boolean => value.includes(BEGIN) || isLines(value);

const isLines = (value: string) => /[\n\0]/.test(value);

/** What text comes to, written in the configuration or read from a file. */
export function pemOf(text: string): Pem {
  if (text.includes(BEGIN)) return { ok: true, text };
  return text.trim() === '' ? EMPTY : NO_PEM;
}

const EMPTY: Pem = { ok: false, reason: 'empty' };
const NO_PEM: Pem = { ok: false, reason: 'no-pem' };
const NOT_FOUND: Pem = { ok: false, reason: 'not-found' };

const CONTENT: Materials = {
  pem: (value) => (value === '' || isPemContent(value) ? pemOf(value) : NOT_FOUND),
};

/** Knows content alone, and no file. */
export const withoutFiles = (): Materials => CONTENT;

/** Text of one line that begins as a path does, or has a dot, which base64 never has. */
const PATH = /^(?:\.{0,2}\/|[^{}"\r\n]*\.)[^{}"\r\n]*$/;

/** A value as it may be shown: what is not clearly a path may be a key (D26). */
export const pathOrContent = (value: string): string =>
  PATH.test(value) && !value.includes('-----') ? value : '(content)';

const TROUBLES: Readonly<Record<PemTrouble, readonly [text: string, fix: string]>> = {
  empty: ['is empty', 'write a path or PEM content'],
  'not-found': ['does not exist', 'see that the path is right where Sluice runs'],
  'not-allowed': ['may not be read by Sluice', 'let the user that Sluice runs as read it'],
  'not-a-file': ['is no regular file', 'name a file'],
  'too-large': ['is too large for PEM', 'name a file of 1 MiB or less'],
  'no-pem': [
    'has no PEM in it, which begins with "-----BEGIN"',
    'write a path or PEM content; openssl x509 -inform der makes PEM of DER',
  ],
  timeout: ['is not read yet: its disk does not answer', 'see that the disk is there'],
  unreadable: ['cannot be read', 'see that the disk is there'],
};

/** What is wrong with a value, for a finding. It never shows content. */
export function pemTrouble(
  value: string,
  reason: PemTrouble,
): { readonly text: string; readonly fix: string } {
  const [text, fix] = TROUBLES[reason];
  if (value === '') return { text: 'nothing is written', fix };
  return { text: `"${pathOrContent(value)}" ${text}`, fix };
}

export interface PemBlock {
  /** `CERTIFICATE`, `PRIVATE KEY`, `ENCRYPTED PRIVATE KEY` … */
  readonly label: string;
  /** From BEGIN to END, ended by a line break. */
  readonly text: string;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]*(?:-(?!----)[^-]*)*-----END \1-----/g;

/**
 * The blocks of PEM text, in order; what stands between them is commentary (RFC 7468, 2). Undefined
 * if one of them has no end, as in a file that is just being written.
 */
export function pemBlocks(text: string): readonly PemBlock[] | undefined {
  const blocks = Array.from(text.matchAll(BLOCK), ([block, label = '']) => ({
    label,
    text: `${block.replaceAll(/^[\t ]+/gm, '')}\n`,
  }));
  return blocks.length === text.split(BEGIN).length - 1 ? blocks : undefined;
}
