import type { Node } from '../../../src/config/decode/tree.js';
import type { ExposedPort } from '../inspected.js';
import { member, textOf, type Reading } from './reading.js';

/** As many as one range may name here; a longer one is cut. */
const MOST_PORTS = 1_000;

/** `expose`: `3000`, `3000-3005`, `53/udp`. */
export function exposedPorts(node: Node | undefined, reading: Reading): readonly ExposedPort[] {
  return (node?.children ?? []).flatMap((item) => {
    const [range = '', protocol = 'tcp'] = (textOf(item, reading) ?? '').split('/');
    return rangeOf(range).map((port) => ({ port, protocol, bindings: [] }));
  });
}

/** `ports`, in the short and the long form: what is published is exposed. */
export function publishedPorts(node: Node | undefined, reading: Reading): readonly ExposedPort[] {
  return (node?.children ?? []).flatMap((item) =>
    item.kind === 'map' ? longForm(item, reading) : shortForm(textOf(item, reading) ?? ''),
  );
}

/** `[[IP:]HOST:]CONTAINER[/protocol]`, IPv6 in brackets. */
function shortForm(text: string): readonly ExposedPort[] {
  const [, ip, host = '', target = '', protocol = 'tcp'] =
    /^(?:(?:(\[[^\]]*\]|[^:]*):)?([\d-]*):)?([\d-]+)(?:\/(\w+))?$/.exec(text) ?? [];
  return published(ip?.replace(/^\[|\]$/g, ''), rangeOf(host), rangeOf(target), protocol);
}

function longForm(item: Node, reading: Reading): readonly ExposedPort[] {
  const of = (key: string) => textOf(member(item, key), reading);
  const target = rangeOf(of('target') ?? '');
  return published(of('host_ip'), rangeOf(of('published') ?? ''), target, of('protocol') ?? 'tcp');
}

function published(
  ip: string | undefined,
  hosts: readonly number[],
  targets: readonly number[],
  protocol: string,
): readonly ExposedPort[] {
  return targets.map((port, index) => {
    const host = hosts[index];
    const bindings = host === undefined ? [] : [{ host: ip || '0.0.0.0', port: host }];
    return { port, protocol, bindings };
  });
}

function rangeOf(text: string): readonly number[] {
  const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  if (first === undefined) return [];
  const length = Number(last ?? first) - Number(first) + 1;
  return Array.from(
    { length: Math.max(0, Math.min(length, MOST_PORTS)) },
    (_, index) => Number(first) + index,
  );
}
