import type { Merged, MergedConfig } from '../config/merged.js';
import { isBroken } from '../config/model.js';

interface Pair {
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

/**
 * Every value of the configuration that is a path or PEM content. What is refused from labels is on
 * an object with an error (D8), and such objects make nobody read a file.
 */
export function pemValuesOf(
  merged: MergedConfig,
  ofStatic: readonly string[],
): ReadonlySet<string> {
  const values = new Set(ofStatic);
  const add = (value: string | undefined) => {
    if (value !== undefined && value !== '') values.add(value);
  };
  const addPair = (pair: Pair | undefined) => {
    add(pair?.certFile);
    add(pair?.keyFile);
  };
  for (const { tls } of usable(merged.serversTransports.values())) {
    tls?.rootCAs?.forEach(add);
    tls?.certificates?.forEach(addPair);
  }
  for (const { clientAuth } of usable(merged.tlsOptions.values()))
    clientAuth?.caFiles?.forEach(add);
  for (const { defaultCertificate } of usable(merged.tlsStores.values()))
    addPair(defaultCertificate);
  for (const certificate of usable(merged.tlsCertificates)) addPair(certificate);
  return values;
}

function* usable<T>(objects: Iterable<Merged<T>>): Generator<T> {
  for (const object of objects) if (!isBroken(object)) yield object.config;
}
