import { isIP } from 'node:net';
import { servicePort } from '../decode/service-names.js';

export type ListenAddress =
  | {
      readonly ok: true;
      readonly host: string;
      readonly port: number;
      readonly protocol: 'tcp' | 'udp';
    }
  | { readonly ok: false; readonly reason: string };

const bad = (reason: string): ListenAddress => ({ ok: false, reason });

/** `[host]:port[/tcp|/udp]` (1.4): IPv6 in brackets, the port a number or a name of /etc/services. */
export function parseListenAddress(text: string): ListenAddress {
  if (text === '') return bad('the entry point has no address');
  const slash = text.indexOf('/');
  const protocol = slash < 0 ? 'tcp' : text.slice(slash + 1).toLowerCase();
  if (protocol !== 'tcp' && protocol !== 'udp') return bad(`"${protocol}" is neither tcp nor udp`);
  const address = slash < 0 ? text : text.slice(0, slash);
  const [, bracketed, plain, portText = ''] =
    /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/.exec(address) ?? [];
  if (bracketed === undefined && plain === undefined) return bad('it is not host:port');
  if (bracketed !== undefined && isIP(bracketed.split('%', 1)[0] ?? '') !== 6) {
    return bad(`"${bracketed}" is no IPv6 address`);
  }
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : servicePort(portText);
  if (port === undefined || port > 65_535) return bad(`"${portText}" is not a port`);
  return { ok: true, host: bracketed ?? plain ?? '', port, protocol };
}
