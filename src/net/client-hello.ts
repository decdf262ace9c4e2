import { ByteReader } from './byte-reader.js';
import { clientHelloMessage } from './handshake-message.js';

/** What a TLS client says about itself before anything is encrypted. */
export interface ClientHello {
  /** Trimmed, in lower case, and not necessarily a host name. With ECH it is the outer one. */
  readonly serverName: string | undefined;
  readonly alpn: readonly string[];
}

/** An SSLv2 hello says no more than this. The handshake refuses it (data-plane 2.3). */
const NAMELESS: ClientHello = { serverName: undefined, alpn: [] };
const SSLV2 = 0x80;

const MESSAGE_HEADER = 4;
const VERSION_AND_RANDOM = 2 + 32;

const SERVER_NAME = 0;
const ALPN = 16;

const HOST_NAME = 0;
/** As OpenSSL. No host name is longer, and patterns are matched against it. */
const MAX_NAME = 255;

/**
 * Looks at what a client sent, from its first byte on, and consumes nothing. `more`: the hello is not
 * all there. `bad`: it is none, whatever follows. An answer never changes with what comes behind it.
 */
export function readClientHello(bytes: Buffer): ClientHello | 'more' | 'bad' {
  if (bytes[0] === SSLV2) return NAMELESS;
  const message = clientHelloMessage(bytes);
  return typeof message === 'string' ? message : (readMessage(message) ?? 'bad');
}

/** RFC 8446, 4.1.2. What is neither name nor protocols is left to the handshake. */
function readMessage(message: Buffer): ClientHello | undefined {
  const hello = new ByteReader(message, MESSAGE_HEADER);
  if (!hello.skip(VERSION_AND_RANDOM)) return undefined;
  const sessionId = hello.part(1);
  const cipherSuites = hello.part(2);
  const compressionMethods = hello.part(1);
  if (!sessionId || !cipherSuites || cipherSuites.length % 2 !== 0 || !compressionMethods) {
    return undefined;
  }
  if (hello.length === 0) return NAMELESS;
  const extensions = hello.part(2);
  return extensions && hello.length === 0 ? readExtensions(extensions) : undefined;
}

function readExtensions(extensions: ByteReader): ClientHello | undefined {
  const seen = new Set<number>();
  let { serverName, alpn } = NAMELESS;
  while (extensions.length > 0) {
    const type = extensions.number(2);
    const content = extensions.part(2);
    if (type === undefined || !content || seen.has(type)) return undefined;
    seen.add(type);
    if (type === SERVER_NAME) {
      const name = readServerName(content);
      if (name === undefined) return undefined;
      serverName = name === '' ? undefined : name;
    } else if (type === ALPN) {
      const protocols = readProtocols(content);
      if (!protocols) return undefined;
      alpn = protocols;
    }
  }
  return { serverName, alpn };
}

/** RFC 6066, 3: one host name, and names of other types, which nobody uses. Empty: no host name. */
function readServerName(content: ByteReader): string | undefined {
  const names = content.part(2);
  if (!names || names.length === 0 || content.length > 0) return undefined;
  let host: string | undefined;
  while (names.length > 0) {
    const type = names.number(1);
    const name = names.part(2);
    if (!name || name.length === 0) return undefined;
    if (type !== HOST_NAME) continue;
    if (host !== undefined || name.length > MAX_NAME) return undefined;
    host = name.text();
    if (host.endsWith('.')) return undefined;
  }
  return host?.trim().toLowerCase() ?? '';
}

/** RFC 7301, 3.1. */
function readProtocols(content: ByteReader): readonly string[] | undefined {
  const list = content.part(2);
  if (!list || list.length === 0 || content.length > 0) return undefined;
  const protocols: string[] = [];
  while (list.length > 0) {
    const protocol = list.part(1);
    if (!protocol || protocol.length === 0) return undefined;
    protocols.push(protocol.text());
  }
  return protocols;
}
