import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { ConnectMaterial } from '../config/connect.js';
import { pemBlocks } from '../config/pem.js';
import type { X509SvidResponse } from './x509-svid-response.js';

/** What an agent of Consul says, as the Workload API would say it. Undefined if it cannot be read. */
export function connectResponse({
  trustDomain,
  roots,
  leaf,
}: ConnectMaterial): X509SvidResponse | undefined {
  // Leaf and roots come by two questions: between them the cluster may have become another one.
  if (!leaf.uri.startsWith(`spiffe://${trustDomain}/`)) return undefined;
  try {
    const svid = {
      spiffeId: leaf.uri,
      x509Svid: derOf(leaf.chain),
      x509SvidKey: createPrivateKey(leaf.key).export({ type: 'pkcs8', format: 'der' }),
      bundle: Buffer.concat(roots.map(derOf)),
      hint: '',
    };
    return { svids: [svid], federatedBundles: new Map() };
  } catch {
    return undefined;
  }
}

/** Certificates behind each other. Throws. */
function derOf(pem: string): Buffer {
  const blocks = pemBlocks(pem) ?? [];
  return Buffer.concat(blocks.map(({ text }) => new X509Certificate(text).raw));
}
