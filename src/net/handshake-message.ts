const ALERT = 0x15;
const HANDSHAKE = 0x16;
const CLIENT_HELLO = 1;

const WARNING = 1;
const CLOSE_NOTIFY = 0;

const RECORD_HEADER = 5;
const MESSAGE_HEADER = 4;

/** Traefik's limits (data-plane 2.3): version 16.0 and above is no TLS. */
const FIRST_IMPOSSIBLE_MAJOR = 0x10;
const MAX_RECORD = 18_432;
const MAX_MESSAGE = 65_536;
/** Empty records and warnings in a row. */
const MAX_USELESS = 16;
/**
 * Ours: a real hello is below 4 KB, so that even one byte in each record is allowed. More would make
 * looking through them again and again expensive, and the bytes that a stranger makes us keep six times as many.
 */
const MAX_RECORDS = 4_096;

/**
 * The ClientHello that a TLS connection begins with, without the records around it: a view where it
 * came in one record, a copy where not. Whoever asks again for each segment pays for looking at the
 * records, and only once they can be all: nothing is copied before.
 */
export function clientHelloMessage(bytes: Buffer): Buffer | 'more' | 'bad' {
  let at = 0;
  /** The first bytes of the message as one number, and how many bytes of the message were passed. */
  let header = 0;
  let passed = 0;
  let useless = 0;
  for (let record = 0; record < MAX_RECORDS; record += 1) {
    const length = recordLength(bytes, at);
    if (typeof length === 'string') return length;
    const begin = at + RECORD_HEADER;
    const there = Math.min(length, bytes.length - begin);

    if (bytes[at] === ALERT && !canBeWarning(bytes, begin, length)) return 'bad';
    const isUseless = bytes[at] === ALERT || length === 0;
    useless = isUseless ? useless + 1 : 0;
    if (useless > MAX_USELESS) return 'bad';

    if (!isUseless) {
      for (let i = passed; i < MESSAGE_HEADER && i < passed + there; i += 1) {
        header = header * 256 + (bytes[begin + i - passed] ?? 0);
        if (i === 0 && header !== CLIENT_HELLO) return 'bad';
      }
      if (passed + there >= MESSAGE_HEADER) {
        const body = header % 0x1000000;
        if (body > MAX_MESSAGE) return 'bad';
        const total = MESSAGE_HEADER + body;
        if (bytes.length - begin < total - passed) return 'more';
        if (length >= total - passed) return gather(bytes, total);
      }
      passed += length;
    }
    if (there < length) return 'more';
    at = begin + length;
  }
  return 'bad';
}

/** Looks at the header byte by byte, so that what cannot be TLS is not waited for. */
function recordLength(bytes: Buffer, at: number): number | 'more' | 'bad' {
  const type = bytes[at];
  if (type === undefined) return 'more';
  // A connection may not begin with an alert: nobody said anything yet.
  if (type !== HANDSHAKE && (type !== ALERT || at === 0)) return 'bad';
  const major = bytes[at + 1] ?? 0;
  if (major >= FIRST_IMPOSSIBLE_MAJOR) return 'bad';
  if (bytes.length < at + RECORD_HEADER) return 'more';
  const length = bytes.readUInt16BE(at + 3);
  return length > MAX_RECORD ? 'bad' : length;
}

/** The only alert behind which the connection goes on. */
function canBeWarning(bytes: Buffer, begin: number, length: number): boolean {
  const [level = WARNING, description] = bytes.subarray(begin, begin + 2);
  return length === 2 && level === WARNING && description !== CLOSE_NOTIFY;
}

/** All records were looked at, and `total` bytes of the message are there. */
function gather(bytes: Buffer, total: number): Buffer {
  const first = bytes.readUInt16BE(3);
  if (first >= total) return bytes.subarray(RECORD_HEADER, RECORD_HEADER + total);
  const message = Buffer.allocUnsafe(total);
  let filled = 0;
  for (let at = 0; filled < total;) {
    const begin = at + RECORD_HEADER;
    const end = begin + bytes.readUInt16BE(at + 3);
    if (bytes[at] === HANDSHAKE) filled += bytes.copy(message, filled, begin, end);
    at = end;
  }
  return message;
}
