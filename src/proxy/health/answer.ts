import { formatAddress } from '../../net/address.js';
import type { DialFailure } from '../../net/dial-failure.js';
import type { Question } from '../../routing/health-check.js';

/** Why a check failed: one closed list. */
export type CheckFailure =
  | DialFailure
  /** The server closed before it had answered. */
  | 'closed'
  | 'wrong-answer'
  | 'wrong-status';

/** What a check found out. `undecided`: nothing about the server. */
export type Verdict =
  | { readonly result: 'good' }
  | { readonly result: 'bad'; readonly reason: CheckFailure; readonly detail: string }
  | { readonly result: 'undecided' };

export const GOOD: Verdict = { result: 'good' };
export const UNDECIDED: Verdict = { result: 'undecided' };

export const bad = (reason: CheckFailure, detail = ''): Verdict => ({
  result: 'bad',
  reason,
  detail,
});

/** What is said to a server first; `host` and `port` are its own. */
export function wordsOf(question: Question, host: string, port: number): Buffer {
  if (question.kind === 'tcp') return question.send;
  const { method, path, hostname } = question;
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\nHost: ${hostname || formatAddress(host, port)}\r\n` +
      'User-Agent: Sluice\r\nAccept: */*\r\nConnection: close\r\n\r\n',
  );
}

/** Judges what a server has said so far; undefined while that is too little. */
export function judge(question: Question, answer: Buffer, hasEnded: boolean): Verdict | undefined {
  const verdict =
    question.kind === 'tcp'
      ? judgeBytes(question.expect, answer)
      : judgeStatus(question.status, answer);
  return verdict ?? (hasEnded ? bad('closed') : undefined);
}

/** As much of it as tells what is wrong. */
const EXCERPT = 40;

const wrong = (answer: Buffer) =>
  bad('wrong-answer', JSON.stringify(answer.toString('latin1', 0, EXCERPT)));

/** However many reads it came in, and whatever follows. */
function judgeBytes(expect: Buffer, answer: Buffer): Verdict | undefined {
  const length = Math.min(expect.length, answer.length);
  if (expect.compare(answer, 0, length, 0, length) !== 0) return wrong(answer);
  return length === expect.length ? GOOD : undefined;
}

/** Of the status line (RFC 9112, 4) nothing is needed but its beginning. */
const STATUS_LINE = /^HTTP\/1\.[0-9] ([1-5][0-9]{2})/;
const STATUS_LENGTH = 'HTTP/1.1 200'.length;

function judgeStatus(status: number | undefined, answer: Buffer): Verdict | undefined {
  if (answer.length < STATUS_LENGTH) return undefined;
  const [, digits] = STATUS_LINE.exec(answer.toString('latin1', 0, STATUS_LENGTH)) ?? [];
  if (digits === undefined) return wrong(answer);
  const got = Number(digits);
  const isRight = status === undefined ? got >= 200 && got < 400 : got === status;
  return isRight ? GOOD : bad('wrong-status', digits);
}
