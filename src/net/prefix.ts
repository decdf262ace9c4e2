/** Decided byte by byte, so that a message that is something else is never waited for. */
export function beginsWith(bytes: Buffer, prefix: Buffer): boolean | 'more' {
  const length = Math.min(bytes.length, prefix.length);
  if (bytes.compare(prefix, 0, length, 0, length) !== 0) return false;
  return length === prefix.length ? true : 'more';
}
