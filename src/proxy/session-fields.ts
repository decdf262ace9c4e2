import { formatAddress } from '../net/address.js';
import type { OpenSession } from './open-session.js';

/** What log and access log say of a session alike. What is undefined is left out of a line. */
export function sessionFields(session: OpenSession) {
  const { id, entryPoint, client, via, serverName, alpn, tlsVersion } = session;
  const { router, service, server } = session;
  return {
    id,
    entryPoint,
    client: formatAddress(client.host, client.port),
    via: via && formatAddress(via.host, via.port),
    serverName,
    alpn,
    tlsVersion,
    router,
    service,
    server: server?.address,
    owner: server?.owner,
  };
}
