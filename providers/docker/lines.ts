import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';

/** Far above any event; whatever sends more without a line end is no engine. */
const LONGEST_LINE = 4 * 1024 * 1024;

/** Calls `read` for each line; a chunk holds several, or half of one. An overlong line is an error of the stream. */
export function forEachLine(stream: Readable, read: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const lines = `${rest}${decoder.write(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') read(line);
    if (rest.length > LONGEST_LINE) stream.destroy(new Error('a line of the stream does not end'));
  });
}
