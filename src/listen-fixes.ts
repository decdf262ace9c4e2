import type { ListenFailure } from './net/listen.js';

/** What helps where a port cannot be had. */
export const LISTEN_FIXES: Readonly<Record<ListenFailure, string>> = {
  'in-use': 'another program has the port (ss -ltnp shows it), or Sluice runs already',
  'not-allowed':
    'ports below 1024 need CAP_NET_BIND_SERVICE (Compose: cap_add: [NET_BIND_SERVICE]), or the sysctl net.ipv4.ip_unprivileged_port_start',
  'no-such-address': 'write an address of this machine, or none for all',
  other: 'see the message of the system',
};
