import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { eventually } from '../../support/eventually.js';
import type { Agent } from './consul.js';

interface Leaf {
  readonly CertPEM: string;
  readonly PrivateKeyPEM: string;
}

interface Roots {
  readonly TrustDomain: string;
  readonly Roots: readonly { readonly RootCert: string }[];
}

/** A Connect-native service: an echo behind the agent's leaf for that service, for clients of the cluster alone. */
export class NativeServer {
  readonly port: number;
  /** SPIFFE IDs of who came, in order. */
  readonly clients: string[] = [];
  /** Of their certificates. */
  readonly fingerprints: string[] = [];
  readonly #agent: Agent;
  readonly #service: string;
  readonly #server: Server;

  private constructor(agent: Agent, service: string, server: Server) {
    this.#agent = agent;
    this.#service = service;
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('secureConnection', (socket: TLSSocket) => {
      const { subjectaltname = '', fingerprint256 } = socket.getPeerCertificate();
      this.clients.push(subjectaltname.replace('URI:', ''));
      this.fingerprints.push(fingerprint256);
      socket.on('error', () => {});
      socket.pipe(socket);
    });
  }

  /** `service` is what its certificate says. */
  static async start(t: TestContext, agent: Agent, service: string): Promise<NativeServer> {
    const server = createServer(await identityOf(agent, service)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    server.on('tlsClientError', () => {});
    t.after(() => server.close());
    return new NativeServer(agent, service, server);
  }

  /** Takes what the agent gives now; connections that are open stay. */
  async renew(): Promise<void> {
    this.#server.setSecureContext(await identityOf(this.#agent, this.#service));
  }
}

async function identityOf(agent: Agent, service: string) {
  const leaf = await agent.read<Leaf>(`/v1/agent/connect/ca/leaf/${service}`);
  const { Roots: roots } = await rootsOf(agent);
  return {
    cert: leaf.CertPEM,
    key: leaf.PrivateKeyPEM,
    ca: roots.map(({ RootCert }) => RootCert),
    requestCert: true,
    rejectUnauthorized: true,
  };
}

/** An authority that has just begun has none for a moment. */
const rootsOf = (agent: Agent): Promise<Roots> =>
  eventually('the roots of Connect', async () => {
    const found = await agent.read<Roots>('/v1/agent/connect/ca/roots').catch(() => undefined);
    return found && found.Roots.length > 0 ? found : undefined;
  });

/** The trust domain of the cluster. */
export const trustDomainOf = async (agent: Agent): Promise<string> =>
  (await rootsOf(agent)).TrustDomain;
