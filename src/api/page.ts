import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { extname } from 'node:path';
import { methodNotAllowed, notFound, type Answer } from './answer.js';

/** Answers a request for the page; undefined if the path is not the page's. */
export type Page = (
  method: string,
  path: string,
  headers: IncomingHttpHeaders,
) => Answer | undefined;

/** What the build makes of the folder `page`. */
const FOLDER = new URL('../../page/', import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * What the page shows was written by strangers: it runs its own files alone, asks its own server alone,
 * makes no HTML of text, and stands in nobody's frame.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const PROTECTED: OutgoingHttpHeaders = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

interface Asset {
  readonly type: string;
  readonly body: string;
  readonly etag: string;
}

/** By name; an empty name is the page itself. */
type Assets = ReadonlyMap<string, Asset>;

/**
 * The page below `/dashboard/`, where Traefik has its own (API-1). Its files are read at the first
 * request and served from memory: no path of a request ever names a file.
 */
export function pageAt(basePath: string): Page {
  const root = `${basePath === '/' ? '' : basePath}/`;
  const home = `${root}dashboard`;
  let assets: Assets | undefined;
  return (method, path, headers) => {
    const isRoot = path === root;
    if (!isRoot && path !== home && !path.startsWith(`${home}/`)) return undefined;
    const isHome = path === home;
    const asset = (assets ??= readAssets()).get(path.slice(home.length + 1));
    if (!isRoot && !isHome && asset === undefined) return notFound;
    if (method !== 'GET' && method !== 'HEAD') return methodNotAllowed;
    if (isRoot) return moved(locationOf(path, headers));
    return isHome || asset === undefined ? moved('dashboard/') : served(asset, headers);
  };
}

function served({ type, body, etag }: Asset, headers: IncomingHttpHeaders): Answer {
  // Its names stay the same from version to version: kept, and asked for each time.
  const shared = { ...PROTECTED, etag, 'cache-control': 'no-cache' };
  return isKnown(headers['if-none-match'], etag)
    ? { status: 304, headers: shared, body: '' }
    : { status: 200, headers: { 'content-type': type, ...shared }, body };
}

/** RFC 9110, 13.1.2: proxies weaken what they compress. */
const isKnown = (asked: string | undefined, etag: string) =>
  asked?.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, ''))) === true;

const moved = (location: string): Answer => ({
  status: 301,
  headers: { location },
  body: 'Moved Permanently',
});

const AUTHORITY = /^(?:\[[\w:.]+\]|[\w.-]+)(?::\d+)?$/;

/** As Traefik has it; relative, which is right in any case, behind a proxy that says that it is one. */
function locationOf(path: string, headers: IncomingHttpHeaders): string {
  const { host = '' } = headers;
  const isForwarded = Object.keys(headers).some((name) => /^(?:x-)?forwarded/.test(name));
  return !isForwarded && AUTHORITY.test(host) ? `http://${host}${path}dashboard/` : 'dashboard/';
}

function readAssets(): Assets {
  const assets = new Map<string, Asset>();
  for (const name of readdirSync(FOLDER)) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const body = readFileSync(new URL(name, FOLDER), 'utf8');
    const digest = createHash('sha256').update(body).digest('base64url').slice(0, 27);
    assets.set(name === 'index.html' ? '' : name, { type, body, etag: `"${digest}"` });
  }
  return assets;
}
