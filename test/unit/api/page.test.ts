import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type TestContext } from 'node:test';
import { pageAt } from '../../../src/api/page.js';
import { builtInServer } from '../../../src/api/server.js';
import { apiSources } from '../../support/api.js';
import type { Response } from '../../support/http.js';

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Ask = (path: string, asked?: Asked) => Promise<Response>;

/** A built-in server with the page; its address is what a request says in Host. */
async function serve(t: TestContext, basePath = '/', hasPage = true): Promise<Ask> {
  const server = builtInServer({
    api: apiSources({ basePath }),
    page: hasPage ? pageAt(basePath) : undefined,
    ping: undefined,
    metrics: undefined,
    crashed: (error) => assert.fail(String(error)),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return (path, { method = 'GET', headers = {} } = {}) =>
    new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path, method, agent: false };
      const asked = request({ ...options, headers: { host: 'proxy.test:8080', ...headers } });
      asked.on('error', reject);
      asked.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      });
      asked.end();
    });
}

test('the page is HTML under a policy that lets in nothing but its own files', async (t) => {
  const ask = await serve(t);
  const { status, headers, text } = await ask('/dashboard/');
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'text/html; charset=utf-8');
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['referrer-policy'], 'no-referrer');
  const policy = new Set(String(headers['content-security-policy']).split('; '));
  for (const rule of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
  ]) {
    assert.ok(policy.has(rule), rule);
  }
  assert.doesNotMatch(text, /\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)/);
});

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

test('each file has its type, and is asked for again only when it has changed', async (t) => {
  const ask = await serve(t);
  const names = readdirSync('dist/page').filter((name) => /\.(?:js|css|svg)$/.test(name));
  assert.ok(names.includes('main.js') && names.includes('page.css'));
  for (const name of names) {
    const first = await ask(`/dashboard/${name}?v=1`);
    assert.equal(first.status, 200, name);
    assert.equal(first.headers['content-type'], TYPES[name.split('.').at(-1) ?? ''], name);
    assert.equal(first.headers['cache-control'], 'no-cache');
    const etag = String(first.headers.etag);
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const again = await ask(`/dashboard/${name}`, { headers: { 'if-none-match': known } });
      assert.deepEqual([again.status, again.text, again.headers.etag], [304, '', etag]);
    }
    const other = await ask(`/dashboard/${name}`, { headers: { 'if-none-match': '"x"' } });
    assert.equal(other.status, 200);
  }
});

const NOT_THERE = [
  '/dashboard/nope.js',
  '/dashboard/main.js.map',
  '/dashboard/index.html',
  '/dashboard/../../package.json',
  '/dashboard/%2e%2e/package.json',
  '/dashboard/..%2f..%2fpackage.json',
  '/dashboard//etc/passwd',
  '/dashboard/page.css/',
  '/dashboard/__proto__',
  '/dashboards/',
  '/DASHBOARD/',
];

test('no path names a file that is not the page’s', async (t) => {
  const ask = await serve(t);
  for (const path of NOT_THERE) {
    const { status, text } = await ask(path);
    assert.deepEqual([path, status, text], [path, 404, '404 page not found\n']);
  }
});

test('HEAD is answered as GET is, and nothing else is answered', async (t) => {
  const ask = await serve(t);
  for (const path of ['/', '/dashboard', '/dashboard/', '/dashboard/main.js']) {
    const { status, headers } = await ask(path);
    const head = await ask(path, { method: 'HEAD' });
    assert.deepEqual([head.status, head.text], [status, '']);
    assert.equal(head.headers['content-length'], headers['content-length']);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const refused = await ask(path, { method });
      assert.deepEqual([refused.status, refused.headers.allow], [405, 'GET, HEAD']);
    }
  }
});

interface Moved {
  readonly basePath?: string;
  readonly path: string;
  readonly headers?: IncomingHttpHeaders & Readonly<Record<string, string>>;
  readonly to: string;
}

const MOVED: readonly Moved[] = [
  { path: '/', to: 'http://proxy.test:8080/dashboard/' },
  { path: '/?x', to: 'http://proxy.test:8080/dashboard/' },
  { path: '/', headers: { host: '[::1]:8080' }, to: 'http://[::1]:8080/dashboard/' },
  { path: '/dashboard', to: 'dashboard/' },
  { basePath: '/a/b', path: '/a/b/', to: 'http://proxy.test:8080/a/b/dashboard/' },
  { basePath: '/a/b', path: '/a/b/dashboard', to: 'dashboard/' },
  // Who is behind a proxy knows neither scheme nor path that the browser used.
  { path: '/', headers: { 'x-forwarded-proto': 'https' }, to: 'dashboard/' },
  { path: '/', headers: { 'x-forwarded-prefix': '/p' }, to: 'dashboard/' },
  { path: '/', headers: { forwarded: 'proto=https' }, to: 'dashboard/' },
  { path: '/', headers: { host: 'evil.test/x' }, to: 'dashboard/' },
  { path: '/', headers: { host: 'a@evil.test' }, to: 'dashboard/' },
];

for (const { basePath = '/', path, headers = {}, to } of MOVED) {
  test(`${path} at ${basePath} with ${JSON.stringify(headers)} leads to ${to} (API-1)`, async (t) => {
    const ask = await serve(t, basePath);
    const { status, headers: said, text } = await ask(path, { headers });
    assert.deepEqual([status, said.location, text], [301, to, 'Moved Permanently']);
  });
}

test('with a base path there is nothing outside it', async (t) => {
  const ask = await serve(t, '/a');
  assert.equal((await ask('/a/dashboard/')).status, 200);
  for (const path of ['/', '/dashboard/', '/a']) assert.equal((await ask(path)).status, 404);
});

test('api.dashboard=false leaves the API alone', async (t) => {
  const ask = await serve(t, '/', false);
  assert.equal((await ask('/api/overview')).status, 200);
  for (const path of ['/', '/dashboard', '/dashboard/', '/dashboard/main.js']) {
    assert.equal((await ask(path)).status, 404);
  }
});
