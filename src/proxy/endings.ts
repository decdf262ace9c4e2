import type { HandshakeFailure } from '../net/client-handshake.js';
import type { Denial } from '../routing/middleware/middleware.js';
import type { NoServer } from '../routing/service.js';
import type { EndReason } from '../telemetry/end-reasons.js';

/** TLS record of a fatal alert access_denied (RFC 8446, 6.2): the router is there, and closed (D35). */
export const ACCESS_DENIED = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x31]);
/** The same of unrecognized_name: nobody has a route, or a certificate, for this name (D39). */
export const UNRECOGNIZED_NAME = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x70]);

export const WITHOUT_SERVER: Readonly<Record<NoServer, EndReason>> = {
  none: 'no-server',
  full: 'server-limit',
  down: 'servers-down',
};

export const DENIALS: Readonly<Record<Denial, EndReason>> = {
  address: 'address-denied',
  'in-flight': 'in-flight-limit',
  rate: 'rate-limit',
};

export const HANDSHAKE_ENDS: Readonly<Record<HandshakeFailure, EndReason>> = {
  left: 'client-left-handshake',
  failed: 'handshake-failed',
  'no-certificate': 'no-client-certificate',
  'bad-certificate': 'bad-client-certificate',
};
