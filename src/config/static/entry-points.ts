import { isAddressOrPrefix } from '../decode/checks.js';
import { formatDuration } from '../decode/values.js';
import type { EntryPointConfig } from '../static.js';
import { entryPointSchema } from './entry-point-schema.js';
import type { Findings } from './findings.js';
import { parseListenAddress } from './listen-address.js';
import { hasReusePort } from './node-version.js';
import type { WrittenEntryPoint, WrittenStatic } from './schema.js';

/** The entry points that were written, and those that exist without (CFG-17, CFG-18); by name. */
export function entryPointsOf(
  written: WrittenStatic,
  findings: Findings,
  node: string,
): ReadonlyMap<string, EntryPointConfig> {
  const all = new Map<string, WrittenEntryPoint>(Object.entries(written.entryPoints));
  if (all.size === 0) all.set('http', entryPointSchema.parse({ address: ':80' }));
  if (!all.has('traefik') && needsTraefik(written)) {
    all.set('traefik', entryPointSchema.parse({ address: ':8080' }));
  }
  const found = new Map<string, EntryPointConfig>();
  for (const [name, entryPoint] of [...all].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const read = entryPointOf(name, entryPoint, findings);
    if (read) found.set(name, read);
  }
  for (const { name, reusePort } of found.values()) if (reusePort) checkNode(name, node, findings);
  reportClashes([...found.values()], findings);
  return found;
}

/** D40: an older one would pass it over without a word. */
function checkNode(name: string, node: string, findings: Findings): void {
  if (hasReusePort(node)) return;
  findings.error(`entryPoints.${name}.reusePort`, {
    code: 'not-served',
    message: `reusePort needs Node 22.12 or newer, and this is ${node}`,
    value: 'true',
    fix: 'start Sluice with a newer Node, or leave reusePort out',
  });
}

/** CFG-18. */
function needsTraefik({ api, ping, metrics }: WrittenStatic): boolean {
  const routed = [ping, metrics?.prometheus].some(
    (builtIn) => builtIn?.entryPoint === 'traefik' && !builtIn.manualRouting,
  );
  return api?.insecure === true || routed;
}

function entryPointOf(
  name: string,
  written: WrittenEntryPoint,
  findings: Findings,
): EntryPointConfig | undefined {
  const path = `entryPoints.${name}`;
  const address = parseListenAddress(written.address);
  if (!address.ok) {
    // BUG-49: without an address Traefik listens on a random port.
    const at = `${path}.address`;
    findings.error(findings.isWritten(at) ? at : path, {
      code: written.address === '' ? 'missing' : 'bad-value',
      message:
        written.address === ''
          ? `entry point "${name}" has no address`
          : `"${written.address}" is no address to listen on: ${address.reason}`,
      value: written.address,
      fix: 'write [host]:port, such as :5432 or [::1]:5432',
    });
    return undefined;
  }
  if (address.protocol === 'udp') {
    findings.warning(`${path}.address`, {
      code: 'ignored',
      message: `entry point "${name}" is UDP's, and nobody listens there`,
      value: written.address,
      fix: 'leave it out, or write its address without /udp',
    });
  } else checkTimeouts(path, written, findings);
  checkProxyProtocol(`${path}.proxyProtocol`, written.proxyProtocol, findings);
  const { lifeCycle, respondingTimeouts, unrouted } = written.transport;
  return {
    name,
    address: written.address,
    host: address.host,
    port: address.port,
    protocol: address.protocol,
    reusePort: written.reusePort,
    asDefault: written.asDefault,
    allowACMEByPass: written.allowACMEByPass,
    proxyProtocol: written.proxyProtocol,
    requestAcceptGraceTimeout: notNegative(lifeCycle.requestAcceptGraceTimeout),
    graceTimeOut: notNegative(lifeCycle.graceTimeOut),
    readTimeout: notNegative(respondingTimeouts.readTimeout),
    writeTimeout: notNegative(respondingTimeouts.writeTimeout),
    idleTimeout: notNegative(respondingTimeouts.idleTimeout),
    sniffTimeout: notNegative(respondingTimeouts.sniffTimeout),
    maxConnections: written.maxConnections,
    unrouted: { max: unrouted.max, maxPerIP: unrouted.maxPerIP },
  };
}

/** Traefik takes a negative time for none. */
export const notNegative = (ms: number) => Math.max(0, ms);

/** D17, D18. */
function checkTimeouts(path: string, { transport }: WrittenEntryPoint, findings: Findings): void {
  const { readTimeout, sniffTimeout } = transport.respondingTimeouts;
  const of = (name: string) => `${path}.transport.respondingTimeouts.${name}`;
  if (readTimeout <= 0) {
    findings.warning(of('readTimeout'), {
      code: 'guessed',
      message: 'without readTimeout whoever connects and says nothing holds a socket for ever',
      fix: 'leave it at 60s unless a protocol needs more',
    });
  } else if (sniffTimeout > readTimeout / 2) {
    const half = formatDuration(readTimeout / 2);
    const name = findings.isWritten(of('sniffTimeout')) ? 'sniffTimeout' : 'readTimeout';
    findings.info(of(name), {
      code: 'guessed',
      message: `sniffTimeout is ${half}, half of readTimeout, instead of ${formatDuration(sniffTimeout)}`,
      fix: `write sniffTimeout: ${half}, or a longer readTimeout`,
    });
  }
}

function checkProxyProtocol(
  path: string,
  written: WrittenEntryPoint['proxyProtocol'],
  findings: Findings,
): void {
  if (written === undefined) return;
  if (!written.insecure && written.trustedIPs.length === 0) {
    // BUG-50.
    findings.error(path, {
      code: 'missing',
      message: 'proxyProtocol trusts nobody',
      fix: 'write trustedIPs, or insecure=true to believe everybody',
    });
  }
  for (const address of written.trustedIPs.filter((text) => !isAddressOrPrefix(text))) {
    findings.error(`${path}.trustedIPs`, {
      code: 'bad-value',
      message: `"${address}" is neither an IP address nor a prefix`,
      value: address,
      fix: 'write addresses or prefixes such as 10.0.0.0/8',
    });
  }
}

/** Two entry points cannot share a port, unless both say reusePort. */
function reportClashes(all: readonly EntryPointConfig[], findings: Findings): void {
  all.forEach((entryPoint, index) => {
    const other = all.slice(0, index).find((earlier) => clash(earlier, entryPoint));
    if (other === undefined) return;
    // The one that nobody wrote cannot be moved where it stands.
    const [moved, kept] = findings.isWritten(`entryPoints.${entryPoint.name}`)
      ? [entryPoint, other]
      : [other, entryPoint];
    const related = findings.placeOf(`entryPoints.${kept.name}.address`);
    findings.error(`entryPoints.${moved.name}.address`, {
      code: 'conflict',
      ...(related && { related: [related] }),
      message: `entry points "${moved.name}" (${moved.address}) and "${kept.name}" (${kept.address}) want the same port`,
      value: moved.address,
      fix: `give each a port of its own: entryPoints.${kept.name}.address`,
    });
  });
}

const isEveryAddress = (host: string) => host === '' || host === '::';

function clash(a: EntryPointConfig, b: EntryPointConfig): boolean {
  if (a.protocol === 'udp' || b.protocol === 'udp') return false;
  if (a.port === 0 || a.port !== b.port || (a.reusePort && b.reusePort)) return false;
  if (a.host === b.host || isEveryAddress(a.host) || isEveryAddress(b.host)) return true;
  const isEveryIPv4 = a.host === '0.0.0.0' || b.host === '0.0.0.0';
  return isEveryIPv4 && !a.host.includes(':') && !b.host.includes(':');
}
