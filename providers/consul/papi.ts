import type { EventEmitter } from 'node:events';

/** How a question is asked; named as the consul package names it. */
export interface Question {
  readonly token?: string;
  readonly dc?: string;
  readonly consistent?: boolean;
  readonly stale?: boolean;
  readonly index: string;
  readonly wait: string;
  /** Milliseconds. */
  readonly timeout: number;
  /** Gives up at `cancel`. */
  readonly ctx: EventEmitter;
  /** What stands in the path in braces. */
  readonly params?: Readonly<Record<string, string>>;
}

/** The base of the package's client (papi), which its types leave out. */
interface Papi {
  _get(request: object, ...steps: readonly Step[]): Promise<unknown>;
}

interface Request {
  readonly err?: Error;
  readonly res?: { readonly body: unknown };
}

type Step = (
  request: Request,
  next: (goesOn: false, error?: Error, value?: unknown) => void,
) => void;

/**
 * Asks what the package has no call for: it knows nothing of Connect. The same as its own calls with
 * `includeResponse`: the response and its body, or an error with the response.
 */
export function get(client: object, path: string, question: Question): Promise<unknown> {
  const { token, dc, consistent, stale, index, wait, timeout, ctx, params = {} } = question;
  const request = {
    path,
    params,
    headers: token === undefined ? {} : { 'x-consul-token': token },
    query: {
      ...(dc !== undefined && { dc }),
      ...(consistent === true && { consistent: '1' }),
      ...(stale === true && { stale: '1' }),
      index,
      wait,
    },
    timeout,
    ctx,
  };
  return (client as Papi)._get(request, answered);
}

const answered: Step = ({ err, res }, next) => {
  if (err) next(false, Object.assign(err, { response: res }));
  else next(false, undefined, [res, res?.body]);
};
