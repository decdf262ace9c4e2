import { normalise } from '../../src/config/labelled.js';

/** The provider of one namespace (CNS: `consulcatalog`, or one for each). */
export const providerName = (namespace: string): string =>
  namespace === '' ? 'consulcatalog' : `consulcatalog-${namespace}`;

/** The name of the service that is made for an instance whose tags declare none (CNS-14, CNS-15). */
export function serviceNameOf(service: string, tags: readonly string[], isCanary: boolean): string {
  return normalise(isCanary ? `${service}-${fnv1(inByteOrder(tags).join(''))}` : service);
}

const inByteOrder = (texts: readonly string[]) =>
  texts.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

/** FNV-1, not 1a, of 64 bits, as a decimal number. */
function fnv1(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) {
    hash = BigInt.asUintN(64, hash * 0x100000001b3n) ^ BigInt(byte);
  }
  return hash.toString();
}
