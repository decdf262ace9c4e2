import { isIP } from 'node:net';

/** Where the Workload API is served. */
export type WorkloadApiAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

export type ParsedWorkloadApiAddress =
  | { readonly ok: true; readonly address: WorkloadApiAddress }
  | { readonly ok: false; readonly reason: string };

/** Of sockaddr_un, without its final zero. libuv before 1.47 cuts what is longer, and connects elsewhere. */
const LONGEST_PATH_BYTES = 107;

const bad = (reason: string) => ({ ok: false, reason }) as const;

/** `unix:///path` or `tcp://IP:port`, and nothing more (data-plane facts 6.2). */
export function parseWorkloadApiAddress(text: string): ParsedWorkloadApiAddress {
  const [, scheme = '', rest = ''] = /^([a-z]+):(.*)$/is.exec(text) ?? [];
  switch (scheme.toLowerCase()) {
    case 'unix':
      return unixAddress(rest);
    case 'tcp':
      return tcpAddress(rest);
    default:
      return bad('it begins with neither unix: nor tcp:');
  }
}

function unixAddress(rest: string): ParsedWorkloadApiAddress {
  const path = rest.startsWith('//') ? rest.slice(2) : rest;
  if (!path.startsWith('/')) return bad('the path does not begin with /');
  if (/[?#]/.test(path)) return bad('the path holds a ? or #');
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return bad('the path holds a % that is no escape');
  }
  if (decoded.includes('\0')) return bad('the path holds a zero byte');
  if (Buffer.byteLength(decoded) > LONGEST_PATH_BYTES) {
    return bad(`the path of a socket has at most ${LONGEST_PATH_BYTES} bytes`);
  }
  return { ok: true, address: { kind: 'unix', path: decoded } };
}

function tcpAddress(rest: string): ParsedWorkloadApiAddress {
  const [, bracketed, plain = '', digits = ''] =
    /^\/\/(?:\[([^\]]*)\]|([^:/?#@]*)):(\d{1,5})$/.exec(rest) ?? [];
  if (digits === '') return bad('it is not tcp://IP:port');
  const host = bracketed ?? plain;
  if (isIP(host) !== (bracketed === undefined ? 4 : 6)) return bad(`"${host}" is no IP address`);
  const port = Number(digits);
  if (port < 1 || port > 65_535) return bad(`"${digits}" is not a port`);
  return { ok: true, address: { kind: 'tcp', host, port } };
}
