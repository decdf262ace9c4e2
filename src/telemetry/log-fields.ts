/** Every field that a log line may carry beside time, level and message. */
export interface LogFields {
  readonly err?: unknown;

  /** How many, of a log. */
  readonly lines?: number;

  // findings
  readonly code?: string;
  /** `router db@docker`. */
  readonly object?: string | undefined;
  /** A place in one line. */
  readonly at?: string;
  readonly related?: readonly string[] | undefined;
  readonly value?: string | undefined;
  readonly fix?: string | undefined;
  /** The message of a finding that is gone. */
  readonly was?: string;

  // providers and the configuration
  readonly provider?: string | undefined;
  readonly lostForMs?: number;
  readonly endpoint?: string;
  readonly routers?: number | undefined;
  readonly services?: number | undefined;
  readonly middlewares?: number | undefined;
  readonly serversTransports?: number | undefined;
  /** `router db@docker`. */
  readonly added?: readonly string[] | undefined;
  readonly removed?: readonly string[] | undefined;
  readonly changed?: readonly string[] | undefined;
  readonly files?: readonly string[];
  readonly ms?: number;

  // connections
  readonly id?: number;
  readonly entryPoint?: string;
  readonly address?: string;
  /** `host:port`. */
  readonly client?: string;
  /** Who is connected, where a PROXY header named the client. */
  readonly via?: string | undefined;
  /** What its TLS hello asks for. */
  readonly serverName?: string | undefined;
  /** The protocols that it offers, or the one that was agreed on. */
  readonly alpn?: string | undefined;
  readonly tlsVersion?: string | undefined;
  readonly router?: string | undefined;
  readonly service?: string | undefined;
  readonly server?: string | undefined;
  /** Who declared the server. */
  readonly owner?: string | undefined;
  /** Of the closed list in end-reasons.ts, or of one like it for what a connection survives. */
  readonly reason?: string | undefined;
  /** Bytes from the client. */
  readonly sent?: number;
  /** Bytes to the client. */
  readonly received?: number;
  /** Milliseconds. */
  readonly duration?: number;
  /** Servers that were dialled. */
  readonly attempts?: number;
  /** The attempts that failed. */
  readonly failed?: readonly string[];
  /** The server that was reached in its place. */
  readonly instead?: string | undefined;
  /** How often the same happened since it was said last. */
  readonly times?: number;
  readonly sockets?: number;
  readonly detail?: string | undefined;

  // SPIFFE
  readonly spiffeId?: string | undefined;
  /** When our certificate does; ISO 8601. */
  readonly expires?: string;

  // the program
  /** Of a request to the API. */
  readonly path?: string;
  readonly why?: string;
  /** Connections cut at the end of a stop. */
  readonly cut?: number;
}
