/** A field of a message whose value is bytes: a string, bytes, or a message. */
export interface Field {
  readonly number: number;
  readonly value: Buffer;
}

/** A field is two bytes at least: without a limit 4 MiB could become millions of objects. */
const MOST_FIELDS = 10_000;

const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

/**
 * The fields of a protobuf message that hold bytes, in order, without copying; the others are
 * skipped, as unknown ones. Undefined if the message is malformed, or has more fields than any
 * message that we ask for.
 */
export function readFields(message: Buffer): readonly Field[] | undefined {
  const fields: Field[] = [];
  let at = 0;
  let count = 0;
  while (at < message.length) {
    const key = readVarint(message, at);
    count += 1;
    if (!key || count > MOST_FIELDS) return undefined;
    const number = Math.floor(key.value / 8);
    if (number < 1 || number > LARGEST_NUMBER) return undefined;
    const end = endOf(message, key.end, key.value % 8);
    if (!end) return undefined;
    if (end.value) fields.push({ number, value: end.value });
    at = end.at;
  }
  return fields;
}

const LARGEST_NUMBER = 2 ** 29 - 1;

interface End {
  readonly at: number;
  readonly value?: Buffer;
}

/** Where the value that begins at `at` ends. */
function endOf(message: Buffer, at: number, wireType: number): End | undefined {
  switch (wireType) {
    case VARINT: {
      const varint = readVarint(message, at);
      return varint && { at: varint.end };
    }
    case FIXED_64:
      return within(message, at + 8);
    case FIXED_32:
      return within(message, at + 4);
    case BYTES: {
      const length = readVarint(message, at);
      if (!length) return undefined;
      const to = length.end + length.value;
      return within(message, to) && { at: to, value: message.subarray(length.end, to) };
    }
    default:
      // Groups, which proto3 does not have.
      return undefined;
  }
}

const within = (message: Buffer, at: number): End | undefined =>
  at <= message.length ? { at } : undefined;

const LONGEST_VARINT = 10;

/** Exact up to 2^53; larger ones are only skipped, or too long for any message. */
function readVarint(
  message: Buffer,
  start: number,
): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let length = 0; length < LONGEST_VARINT; length += 1) {
    const byte = message[start + length];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * length);
    if (byte < 0x80) return { value, end: start + length + 1 };
  }
  return undefined;
}
