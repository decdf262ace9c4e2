import type { OutgoingHttpHeaders } from 'node:http';
import { inSlices, type Steps } from '../async/slices.js';
import { encode, type Json } from './json.js';

export interface Answer<Body extends string | readonly Buffer[] = string | readonly Buffer[]> {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  /** In pieces where there may be much of it. */
  readonly body: Body;
}

const NOSNIFF = {
  'content-type': 'text/plain; charset=utf-8',
  'x-content-type-options': 'nosniff',
} as const;

export const json = (value: Json, headers: OutgoingHttpHeaders = {}): Answer<string> => ({
  status: 200,
  headers: { 'content-type': 'application/json', ...headers },
  body: encode(value),
});

/** JSON that is written in steps, because there may be much of it. */
export function jsonOf(steps: Steps<readonly Buffer[]>): Answer | Promise<Answer> {
  const text = inSlices(steps);
  return text instanceof Promise ? text.then(written) : written(text);
}

const written = (body: readonly Buffer[]): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body,
});

/** Errors are JSON that calls itself text (API-4); clients of Traefik read the body. */
export const failure = (status: number, message: string): Answer => ({
  status,
  headers: NOSNIFF,
  body: encode({ message }),
});

export const notFound: Answer = { status: 404, headers: NOSNIFF, body: '404 page not found\n' };

export const methodNotAllowed: Answer = { status: 405, headers: { allow: 'GET, HEAD' }, body: '' };

export const badRequest: Answer = {
  status: 400,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: '400 Bad Request',
};
