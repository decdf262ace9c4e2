import { constants, createHash, hkdfSync } from 'node:crypto';
import { createServer, type Server, type TlsOptions } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import type { ClientCertificateMode, Termination } from '../net/termination.js';
import type { Certificate } from './certificate.js';
import type { TlsIdentity } from './identity.js';
import type { TlsSettings } from './options.js';
import type { CertificateStore } from './store.js';

/** How one set of options ends the TLS of clients, with the certificates of one generation. */
export class OptionTermination implements Termination {
  readonly clientCertificate: ClientCertificateMode;
  /** Of the option set. */
  readonly #name: string;
  readonly #settings: TlsSettings;
  readonly #store: CertificateStore;
  readonly #identity: TlsIdentity;
  /** By the certificates that they show; made when first needed. */
  readonly #servers = new Map<string, Server>();

  /** `previous`, of the same set, if nothing changed; else what is the same of it is taken over. */
  static of(
    name: string,
    settings: TlsSettings,
    store: CertificateStore,
    identity: TlsIdentity,
    previous: OptionTermination | undefined,
  ): OptionTermination {
    const next = new OptionTermination(name, settings, store, identity);
    if (previous === undefined || !isDeepStrictEqual(previous.#settings, settings)) return next;
    if (previous.#store === store) return previous;
    next.#takeOver(previous);
    return next;
  }

  private constructor(
    name: string,
    settings: TlsSettings,
    store: CertificateStore,
    identity: TlsIdentity,
  ) {
    this.#name = name;
    this.#settings = settings;
    this.#store = store;
    this.#identity = identity;
    this.clientCertificate = settings.clientCertificate;
  }

  serverFor(serverName: string | undefined, localAddress: string): Server | undefined {
    const found = this.#store.find(serverName ?? localAddress, Date.now());
    if (found.length > 0) return this.#server(found);
    if (this.#settings.sniStrict) return undefined;
    return this.#server([this.#store.fallback ?? this.#identity.selfSigned()]);
  }

  #server(certificates: readonly Certificate[]): Server {
    const key = certificates.map(({ id }) => id).join(' ');
    const known = this.#servers.get(key);
    if (known !== undefined) return known;
    const server = createServer(this.#serverOptions(certificates));
    this.#servers.set(key, server);
    return server;
  }

  /** Servers whose certificates are all still there. */
  #takeOver(previous: OptionTermination): void {
    for (const [key, server] of previous.#servers) {
      if (key.split(' ').every((id) => this.#store.has(id))) this.#servers.set(key, server);
    }
  }

  #serverOptions(certificates: readonly Certificate[]): TlsOptions {
    const { ca, alpnProtocols, clientCertificate, hasTickets, ...settings } = this.#settings;
    return {
      minVersion: settings.minVersion,
      maxVersion: settings.maxVersion,
      ciphers: settings.ciphers,
      ecdhCurve: settings.ecdhCurve,
      cert: certificates.map(({ chain }) => chain),
      key: certificates.map(({ key }) => key),
      ...(ca.length > 0 && { ca: [...ca] }),
      ...(alpnProtocols.length > 0 && { ALPNProtocols: [...alpnProtocols] }),
      requestCert: clientCertificate !== 'none',
      // The mode is judged by the handshake, which also knows sessions that are resumed.
      rejectUnauthorized: false,
      ...(!hasTickets && { secureOptions: constants.SSL_OP_NO_TICKET }),
      ...this.#sessionOptions(),
      // The deadline is the session's, and 0 means 120 s to Node (20.20 and 24).
      handshakeTimeout: LONGEST_TIMER_MS,
    };
  }

  /**
   * D45: the same for the same set with the same settings, however often it is made anew, and never
   * the same for two: a ticket must not open what its session could not have opened.
   */
  #sessionOptions(): Pick<TlsOptions, 'ticketKeys' | 'sessionIdContext'> {
    const set = createHash('sha256')
      .update(JSON.stringify([this.#name, this.#settings]))
      .digest('hex');
    const derived = (what: string, length: number) =>
      Buffer.from(hkdfSync('sha256', this.#identity.secret, '', `${what} ${set}`, length));
    return {
      ticketKeys: derived('ticket keys', 48),
      sessionIdContext: derived('session id context', 16).toString('hex'),
    };
  }
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;
