/** Why a stream of the Workload API ended, or never began: a closed list. */
export type WorkloadApiFailure =
  /** Nobody listens there, or it cannot be reached. */
  | 'unreachable'
  /** We may not open the socket. */
  | 'not-allowed'
  /** No answer in time, to the call or to a ping. */
  | 'timeout'
  /** The connection broke, or the agent ended the stream: it stops, or starts anew. */
  | 'lost'
  /** The agent has no identity for us (gRPC PermissionDenied). */
  | 'permission-denied'
  | 'invalid-argument'
  /** Any other gRPC status. */
  | 'refused'
  /** What answers there is no Workload API. */
  | 'bad-answer';

export class WorkloadApiError extends Error {
  override readonly name = 'WorkloadApiError';
  readonly reason: WorkloadApiFailure;

  constructor(reason: WorkloadApiFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}

const BY_CODE: ReadonlyMap<string, WorkloadApiFailure> = new Map<string, WorkloadApiFailure>([
  ['ENOENT', 'unreachable'],
  ['ECONNREFUSED', 'unreachable'],
  ['ENOTSOCK', 'unreachable'],
  ['ENOTDIR', 'unreachable'],
  ['ENAMETOOLONG', 'unreachable'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['EADDRNOTAVAIL', 'unreachable'],
  ['EAFNOSUPPORT', 'unreachable'],
  ['EINVAL', 'unreachable'],
  ['EPROTOTYPE', 'unreachable'],
  ['ETIMEDOUT', 'timeout'],
  ['EACCES', 'not-allowed'],
  ['EPERM', 'not-allowed'],
  ['ERR_HTTP2_ERROR', 'bad-answer'],
]);

/** Of the socket or of node:http2. */
export function connectionError(error: unknown): WorkloadApiError {
  if (error instanceof WorkloadApiError) return error;
  if (!(error instanceof Error)) return new WorkloadApiError('lost', String(error), error);
  // A call on a connection that fails is cancelled, and the cancellation comes first.
  if (error.cause instanceof Error) return connectionError(error.cause);
  const code = 'code' in error ? String(error.code) : '';
  return new WorkloadApiError(BY_CODE.get(code) ?? 'lost', error.message || code, error);
}

const STATUS_NAMES: readonly string[] = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
];

const BY_STATUS: ReadonlyMap<string, WorkloadApiFailure> = new Map<string, WorkloadApiFailure>([
  ['0', 'lost'],
  ['3', 'invalid-argument'],
  ['7', 'permission-denied'],
  ['14', 'lost'],
]);

const LONGEST_MESSAGE = 200;

/** What the agent says at the end of a stream: the trailers `grpc-status` and `grpc-message`. */
export function statusError(status: string | undefined, message = ''): WorkloadApiError {
  if (status === undefined) {
    return new WorkloadApiError('lost', 'the stream ended without a status');
  }
  const name = STATUS_NAMES[Number(status)] ?? `status ${status.slice(0, LONGEST_MESSAGE)}`;
  const words = decoded(message).slice(0, LONGEST_MESSAGE);
  const text = words === '' ? name : `${name}: ${words}`;
  return new WorkloadApiError(BY_STATUS.get(status) ?? 'refused', text);
}

/** gRPC escapes what is not printable ASCII with percent signs. */
function decoded(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}
