import type { EntryPointConfig } from '../config/static.js';
import { duration, list, set, type View } from './members.js';

// Sections of Traefik's HTTP and UDP halves. Its dashboard reads them; here they are only shown (8.4).
const HTTP_DEFAULTS = {
  forwardedHeaders: {},
  http: { sanitizePath: true, maxHeaderBytes: 1048576, underscoreHeadersStrategy: 'keep' },
  http2: {
    maxConcurrentStreams: 250,
    maxDecoderHeaderTableSize: 4096,
    maxEncoderHeaderTableSize: 4096,
  },
  udp: { timeout: '3s' },
} as const;

/** A static entry point as `/api/entrypoints` shows it (8.4). */
export function entryPointView(entryPoint: EntryPointConfig): View {
  const { proxyProtocol } = entryPoint;
  return {
    address: entryPoint.address,
    allowACMEByPass: set(entryPoint.allowACMEByPass),
    reusePort: set(entryPoint.reusePort),
    asDefault: set(entryPoint.asDefault),
    transport: {
      lifeCycle: {
        requestAcceptGraceTimeout: duration(entryPoint.requestAcceptGraceTimeout),
        graceTimeOut: duration(entryPoint.graceTimeOut),
      },
      respondingTimeouts: {
        readTimeout: duration(entryPoint.readTimeout),
        writeTimeout: duration(entryPoint.writeTimeout),
        idleTimeout: duration(entryPoint.idleTimeout),
      },
    },
    proxyProtocol: proxyProtocol && {
      insecure: set(proxyProtocol.insecure),
      trustedIPs: list(proxyProtocol.trustedIPs),
    },
    ...HTTP_DEFAULTS,
    name: entryPoint.name,
  };
}
