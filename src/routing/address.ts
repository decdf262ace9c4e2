import { isIPv6 } from 'node:net';

/** The port that a service name stands for (D40), or undefined. */
export type PortOf = (service: string) => number | undefined;

export type Address =
  | { readonly ok: true; readonly host: string; readonly port: number }
  | {
      readonly ok: false;
      readonly reason: string;
      readonly fix: string;
      readonly suggestions: readonly string[];
    };

/** Reads `host:port`, IPv6 in brackets. Without a host it is this machine, as in Go. */
export function parseAddress(text: string, portOf: PortOf): Address {
  if (text === '') return bad('the address is empty', 'write host:port');
  const match = /^(?:\[([^\][]*)\]|([^\][:]*)):([^:]*)$/.exec(text);
  if (!match) return misshapen(text);
  const [, bracketed, plain = '', portText = ''] = match;
  const host = bracketed ?? plain;
  if (/[\s/]/.test(host) || (bracketed !== undefined && !isIPv6(bracketed))) {
    return bad(`"${shown(host)}" is no host`, 'write host:port, IPv6 in brackets');
  }
  const port = /^\d+$/.test(portText) ? Number(portText) : portOf(portText);
  if (port === undefined || port < 1 || port > 65_535) {
    return bad(
      `"${shown(portText)}" is no port`,
      'write a number from 1 to 65535, or a name of /etc/services',
    );
  }
  return { ok: true, host: host === '' ? 'localhost' : host, port };
}

function misshapen(text: string): Address {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(text) ?? [];
  if (isIPv6(host) || isIPv6(text)) {
    return bad(`"${shown(text)}" is IPv6 without brackets`, 'put the address into brackets', [
      isIPv6(host) ? `[${host}]:${port}` : `[${text}]:PORT`,
    ]);
  }
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^/]*)/i.exec(text) ?? [];
  if (scheme !== undefined) {
    return bad(`"${shown(text)}" is a URL`, `leave ${shown(scheme)}:// out`, [shown(rest)]);
  }
  if (!text.includes(':')) {
    return bad(`"${shown(text)}" has no port`, 'write host:port', [`${shown(text)}:PORT`]);
  }
  return bad(`"${shown(text)}" is not host:port`, 'write host:port, IPv6 in brackets');
}

const shown = (text: string) => (text.length > 100 ? `${text.slice(0, 100)}…` : text);

function bad(reason: string, fix: string, suggestions: readonly string[] = []): Address {
  return { ok: false, reason, fix, suggestions };
}
