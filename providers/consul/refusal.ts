const SERVICE_READ = 'service_prefix "" { policy = "read" }';
const NODE_READ = 'node_prefix "" { policy = "read" }';

/** What helps where a token may not read, or where there is none. */
export const grant = (hasToken: boolean): string =>
  hasToken
    ? `give the token a policy with ${SERVICE_READ} and ${NODE_READ}`
    : `write endpoint.token: a token whose policy has ${SERVICE_READ} and ${NODE_READ}`;

/** The agent answered, and the answer is no. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly code = 'AGENT_REFUSED';
  /** Of HTTP. */
  readonly status: number;
  /** What helps, if that is known. */
  readonly fix: string | undefined;

  constructor(message: string, status: number, hasToken: boolean, cause?: unknown) {
    super(message, { cause });
    this.status = status;
    this.fix = fixFor(status, message, hasToken);
  }
}

function fixFor(status: number, message: string, hasToken: boolean): string | undefined {
  if (status === 401) return 'see endpoint.httpAuth';
  if (status !== 403) return undefined;
  return /not found/i.test(message)
    ? 'the agent does not know this token: write one that is valid'
    : grant(hasToken);
}

/** Something answers, and it is no agent of Consul. */
export class NoAgent extends Error {
  override readonly name = 'NoAgent';
  readonly code = 'NO_AGENT';
  readonly fix = 'write the address of a Consul agent: its HTTP port is 8500 unless it is changed';
}
