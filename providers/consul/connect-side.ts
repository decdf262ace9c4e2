import { connectPath, type ConnectPeer } from '../../src/config/connect.js';
import { parseSpiffeId } from '../../src/config/spiffe-id.js';
import type { Instance } from './registered.js';

/**
 * A service has two sides: its instances, and who speaks for them on Connect (CNS-16). Each instance
 * is used on one of them, as its tags have it.
 */
export type ConnectSide =
  | {
      readonly kind: 'direct';
      /** On the other side; undefined while it is not known, or not asked for. */
      readonly speakers: readonly Instance[] | undefined;
    }
  | { readonly kind: 'connect'; readonly service: string };

export const isProxy = ({ kind }: Instance): boolean => kind === 'connect-proxy';

/** The instance itself, Connect-native, or a proxy: a proxy of no instance in particular is one of its node's. */
const speaksFor = (speaker: Instance, instance: Instance): boolean =>
  speaker.node === instance.node &&
  (isProxy(speaker)
    ? speaker.proxied === '' || speaker.proxied === instance.id
    : speaker.id === instance.id);

/** Also while nobody knows. */
export const isCovered = (
  instance: Instance,
  { speakers }: Extract<ConnectSide, { kind: 'direct' }>,
): boolean => speakers?.some((speaker) => speaksFor(speaker, instance)) ?? true;

/** Who speaks for a service. A proxy without a tag of ours has those of the instance beside it. */
export function speakersOf(
  found: readonly Instance[],
  instances: readonly Instance[],
  isOurs: (tag: string) => boolean,
): readonly Instance[] {
  return found.map((speaker) => {
    if (!isProxy(speaker) || speaker.tags.some(isOurs)) return speaker;
    const beside = instances.find((instance) => speaksFor(speaker, instance));
    return beside ? { ...speaker, tags: beside.tags } : speaker;
  });
}

/** Whom a speaker must prove to be. Not every name of a service can stand in a SPIFFE ID. */
export function peerOf(
  { namespace, datacenter }: Instance,
  service: string,
):
  { readonly ok: true; readonly value: ConnectPeer } | { readonly ok: false; readonly id: string } {
  const value = { namespace: namespace === '' ? 'default' : namespace, datacenter, service };
  const id = `spiffe://trust-domain${connectPath(value)}`;
  return parseSpiffeId(id).ok ? { ok: true, value } : { ok: false, id };
}
