/** What a hello of our own making says. */
export interface HelloParts {
  /** Type to content, in this order; a type may come twice. */
  readonly extensions?: readonly (readonly [type: number, content: Buffer])[];
  readonly cipherSuites?: Buffer;
  /** Behind the extensions. */
  readonly trailer?: Buffer;
}

export const SERVER_NAME = 0;
export const ALPN = 16;

/** A ClientHello without a record around it. */
export function helloMessage({ extensions, cipherSuites, trailer }: HelloParts = {}): Buffer {
  const body = [
    Buffer.from([3, 3]),
    Buffer.alloc(32, 0x55),
    vector(1, Buffer.alloc(32, 0xaa)),
    vector(2, cipherSuites ?? Buffer.from([0x13, 0x01, 0x13, 0x02])),
    vector(1, Buffer.from([0])),
  ];
  if (extensions) {
    const list = extensions.map(([type, content]) =>
      Buffer.concat([Buffer.from([type >> 8, type & 0xff]), vector(2, content)]),
    );
    body.push(vector(2, Buffer.concat(list)));
  }
  if (trailer) body.push(trailer);
  return Buffer.concat([Buffer.from([1]), vector(3, Buffer.concat(body))]);
}

/** A host, or a name of another type. */
export type SentName = string | readonly [type: number, name: string];

export function serverName(...names: readonly SentName[]): Buffer {
  const entries = names.map((name) => {
    const [type, text] = typeof name === 'string' ? ([0, name] as const) : name;
    return Buffer.concat([Buffer.from([type]), vector(2, Buffer.from(text))]);
  });
  return vector(2, Buffer.concat(entries));
}

export function alpn(...protocols: readonly string[]): Buffer {
  return vector(2, Buffer.concat(protocols.map((protocol) => vector(1, Buffer.from(protocol)))));
}

export function record(content: Buffer, type = 0x16): Buffer {
  return Buffer.concat([Buffer.from([type, 3, 1]), vector(2, content)]);
}

/** A message in records of `size` bytes. */
export function inRecords(message: Buffer, size: number): Buffer {
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    records.push(record(message.subarray(at, at + size)));
  }
  return Buffer.concat(records);
}

/** Content behind its length. */
export function vector(width: 1 | 2 | 3, content: Buffer): Buffer {
  const length = Buffer.alloc(width);
  length.writeUIntBE(content.length, 0, width);
  return Buffer.concat([length, content]);
}
