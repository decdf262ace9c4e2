/** Something that is needed to run, tried once. */
export interface Trial {
  /** `GET /events`, `port 5432`. */
  readonly need: string;
  readonly ok: boolean;
  /** What was found, or what went wrong. */
  readonly detail: string;
  readonly fix?: string;
}

/** What helps where a connection could not be made, by the code of Node or OpenSSL. */
const FIXES: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such socket: start the service, or mount its socket into the container'],
  ['OPEN', 'see that the file is there, and that this process may read it'],
  ['EACCES', 'give this process the group that owns the socket'],
  ['ECONNREFUSED', 'nobody listens there: start the service, or write another address'],
  ['ENOTFOUND', 'nobody knows this name here: see the spelling, and the network that this runs in'],
  ['EAI_AGAIN', 'names cannot be resolved now: see the network that this runs in'],
  ['EHOSTUNREACH', 'no way leads there: see the network that this runs in'],
  ['ENETUNREACH', 'no way leads there: see the network that this runs in'],
  ['ETIMEDOUT', 'nobody answers there: see firewalls, and the address'],
  ['ECONNRESET', 'the other side hangs up: does it speak TLS, and this configuration not?'],
  ['EPROTO', 'the other side does not speak TLS as it was asked to: see the scheme and the port'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'name the certificate under tls.ca'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'name the authority under tls.ca'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'name the authority under tls.ca'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'name the authority under tls.ca'],
  ['CERT_HAS_EXPIRED', 'renew the certificate of the other side'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'write a name that its certificate has'],
  ['HPE_INVALID_CONSTANT', 'the other side does not speak HTTP there: see the port'],
]);

/** What helps against this error of a source, if that is known. One that says it itself has a `fix`. */
export function adviceFor(error: unknown): string | undefined {
  if (error instanceof Error && 'fix' in error && typeof error.fix === 'string') return error.fix;
  const { code } = causeOf(error);
  return FIXES.get(code) ?? (/ALERT|SSL|CERT/.test(code) ? TLS_FIX : undefined);
}

/** A trial that ended with this error. */
export function failed(need: string, error: unknown, fix?: string): Trial {
  const { detail } = causeOf(error);
  const advice = fix ?? adviceFor(error);
  return { need, ok: false, detail, ...(advice !== undefined && { fix: advice }) };
}

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

const TLS_FIX = 'see tls.ca, tls.cert and tls.key: the other side may want a certificate of ours';

/** Several addresses of a name fail together, without a message of their own. */
function causeOf(error: unknown): { readonly code: string; readonly detail: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return causeOf(error.errors[0]);
  if (!(error instanceof Error)) return { code: '', detail: String(error) };
  const code = codeOf(error);
  // What the log adds as advice stands in the fix here.
  if (code !== '' && codeOf(error.cause) === code) return causeOf(error.cause);
  if ('syscall' in error && error.syscall === 'open')
    return { code: 'OPEN', detail: error.message };
  return { code, detail: error.message.split('\n', 1)[0] || code || error.name };
}
