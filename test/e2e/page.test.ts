import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import axe from 'axe-core';
import type { Locator, Page } from 'playwright-core';
import { Client } from '../support/clients.js';
import { until } from '../support/eventually.js';
import { folderWith, write, type Use } from '../support/folder.js';
import { refusingPort } from '../support/refusing.js';
import { echo, startServer } from '../support/servers.js';
import { closeBrowser, visit, type Visit, type VisitOptions } from './support/browser.js';
import { startSluice, type Sluice } from './support/sluice.js';

after(closeBrowser);

/** Where a look at the page can be had after the tests. */
const SHOTS = join(tmpdir(), 'sluice-page');
mkdirSync(SHOTS, { recursive: true });

const HOSTILE = '<img src=x onerror=alert(1)>';

interface Stage {
  readonly sluice: Sluice;
  readonly folder: string;
  /** Addresses of servers. */
  readonly up: string;
  readonly down: string;
  readonly open: (t: TestContext, options?: VisitOptions) => Promise<Visit>;
}

/** Sluice with one healthy route, one with a server down, a broken router, a hostile name and a middleware. */
async function stage(use: Use): Promise<Stage> {
  const { port } = await startServer(use, echo);
  const up = `127.0.0.1:${port}`;
  const down = `127.0.0.1:${await refusingPort()}`;
  const folder = folderWith(use, { 'a.yml': configuration(up, down) });
  const sluice = await startSluice(use, ['web', 'pg'], [`--providers.file.directory=${folder}`]);
  await until('the file is in force, and the server that is down is found out', async () => {
    const { serverStatus } = await sluice.api<{ serverStatus?: Record<string, string> }>(
      '/api/tcp/services/half@file',
    );
    return serverStatus?.[down] === 'DOWN';
  });
  return {
    sluice,
    folder,
    up,
    down,
    open: (t, options) =>
      visit(t, `http://127.0.0.1:${sluice.port('traefik')}/dashboard/`, options),
  };
}

const configuration = (up: string, down: string) => `
tcp:
  routers:
    echo: {rule: "HostSNI(\`*\`)", service: echo, entryPoints: [web], middlewares: [office]}
    half: {rule: "HostSNI(\`half.test\`)", service: half, entryPoints: [pg], tls: {passthrough: true}}
    broken: {rule: "HostSNI('x') &&", service: echo, entryPoints: [web]}
    '${HOSTILE}': {rule: "HostSNI(\`${HOSTILE}\`)", service: echo, entryPoints: [pg], tls: {passthrough: true}}
  services:
    echo: {loadBalancer: {servers: [{address: "${up}"}]}}
    half:
      loadBalancer:
        healthCheck: {interval: 1s, timeout: 500ms}
        servers: [{address: "${up}"}, {address: "${down}", backup: true}]
  middlewares:
    office: {ipAllowList: {sourceRange: [127.0.0.0/8]}}
`;

/** For whoever only looks. */
const COMMON = await stage({ after });

const column = (page: Page, name: string) =>
  page.getByRole('region', { name: new RegExp(`^${name}`) });

/** The card of an object, by its heading. */
const card = (page: Page, of: string, name: string): Locator =>
  column(page, of)
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { level: 4, name, exact: true }) });

const button = (page: Page, of: string, name: string) =>
  column(page, of).getByRole('button', { name, exact: true });

/** Waits until the text of an element has all of these. */
async function says(locator: Locator, ...parts: readonly (string | RegExp)[]): Promise<void> {
  let text = '';
  await until(`it says ${parts.join(', ')}`, async () => {
    text = await locator.innerText();
    return parts.every((part) =>
      typeof part === 'string' ? text.includes(part) : part.test(text),
    );
  }).catch(() => assert.fail(`it does not say ${parts.join(', ')}: ${text}`));
}

const gone = (locator: Locator) => locator.waitFor({ state: 'detached' });

test('the picture shows what is configured, how it is, and beside each object what was found about it', async (t) => {
  const { open, up, down } = COMMON;
  const { page, troubles } = await open(t);
  await says(card(page, 'Entry points', 'web'), 'listening', '127.0.0.1:');
  await says(card(page, 'Routers', 'echo@file'), 'in force', 'HostSNI(`*`)', 'office@file');
  await says(card(page, 'Routers', 'broken@file'), 'disabled', 'a value does not stand between');
  await says(card(page, 'Services', 'echo@file'), '1 of 1 up');
  await says(card(page, 'Services', 'half@file'), '1 of 2 up');
  await says(card(page, 'Servers', down), 'down', 'backup');
  assert.equal(await card(page, 'Servers', up).count(), 2);
  await says(card(page, 'Servers', up).first(), 'up');
  await says(column(page, 'Middlewares'), 'office@file', 'in force');
  const diagnostics = column(page, 'Diagnostics');
  await says(diagnostics, 'bad-rule', 'a.yml:6', "HostSNI('x') &&", 'Fix');
  await says(column(page, 'Providers'), 'file', /confirmed \d+ s ago/);
  // Whoever follows a finding is led to its object.
  await diagnostics.getByRole('button', { name: 'broken@file' }).click();
  const details = page.getByRole('complementary', { name: 'broken@file' });
  await says(details, 'disabled', 'Where', 'a.yml:6', 'Fix');
  assert.equal(await page.title(), 'Sluice: 4 problems');
  assert.deepEqual(troubles, []);
});

test('what strangers write is text, wherever it is shown', async (t) => {
  const { open } = COMMON;
  const { page, troubles } = await open(t);
  await button(page, 'Routers', `${HOSTILE}@file`).click();
  await says(page.getByRole('complementary'), HOSTILE, 'Written');
  await says(column(page, 'Diagnostics'), HOSTILE);
  assert.equal(await page.locator('img:not([src="icon.svg"])').count(), 0);
  // The policy itself refuses to make HTML of a string, should the page ever try.
  const made = await page.evaluate(
    `(() => { try { document.body.innerHTML = '<b>x</b>'; return 'made'; } catch (error) { return error.name; } })()`,
  );
  assert.equal(made, 'TypeError');
  assert.equal(
    troubles.filter((text) => !/TrustedHTML|policy require-trusted/.test(text)).length,
    0,
  );
});

test('figures follow connections: how many are open, how fast bytes flow, and whose they are', async (t) => {
  const { sluice, open } = COMMON;
  const { page, troubles } = await open(t);
  const [router, service] = [
    card(page, 'Routers', 'echo@file'),
    card(page, 'Services', 'echo@file'),
  ];
  await says(router, '0 open');
  const client = new Client(t, sluice.port('web'));
  const flow = setInterval(() => client.send('x'.repeat(1_000)), 20);
  t.after(() => clearInterval(flow));
  for (const at of [card(page, 'Entry points', 'web'), router, service]) {
    await says(at, '1 open', /[1-9][\d.]* kB\/s/);
  }
  await button(page, 'Services', 'echo@file').click();
  const connections = page.getByRole('complementary').getByRole('table');
  await says(connections, /127\.0\.0\.1:\d+/, /kB/);
  clearInterval(flow);
  client.finish();
  await says(service, '0 open', '0 B/s');
  await gone(connections);
  assert.deepEqual(troubles, []);
});

test('a change of the file is shown without a reload, and told to screen readers', async (t) => {
  const { folder, open, up, down } = await stage(t);
  const { page, troubles } = await open(t, { isPatient: true });
  await says(card(page, 'Routers', 'broken@file'), 'disabled');
  const text = configuration(up, down).replace("HostSNI('x') &&", 'ClientIP(`10.0.0.0/8`)');
  write(join(folder, 'a.yml'), text);
  await says(card(page, 'Routers', 'broken@file'), 'in force');
  assert.doesNotMatch(
    await card(page, 'Routers', 'broken@file').innerText(),
    /value does not stand/,
  );
  await says(page.getByRole('status'), 'router broken@file: in force');
  assert.deepEqual(troubles, []);
});

test('a server that is removed stays as long as somebody is connected to it, and what nobody uses goes', async (t) => {
  const { sluice, folder, open, up } = await stage(t);
  const { page } = await open(t);
  const client = new Client(t, sluice.port('web')).send('hello');
  await client.gets('hello');
  const { port } = await startServer(t, echo);
  write(join(folder, 'a.yml'), configuration(`127.0.0.1:${port}`, up));
  await says(card(page, 'Servers', up).first(), '1 open', 'removed, connections live on');
  write(
    join(folder, 'b.yml'),
    'tcp: {services: {new: {loadBalancer: {servers: [{address: "x:1"}]}}}}',
  );
  await says(card(page, 'Services', 'new@file'), 'not used');
  write(join(folder, 'b.yml'), '{}');
  await gone(card(page, 'Services', 'new@file'));
  client.finish();
  await until('it is gone', async () => (await card(page, 'Servers', up).count()) === 1);
});

test('a search leaves what it finds and what that is connected to, and the address keeps it', async (t) => {
  const { open, down } = COMMON;
  const { page, troubles } = await open(t);
  await card(page, 'Routers', 'echo@file').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type(down);
  await gone(card(page, 'Routers', 'echo@file'));
  for (const [of, name] of [
    ['Entry points', 'pg'],
    ['Routers', 'half@file'],
    ['Services', 'half@file'],
    ['Servers', down],
  ] as const) {
    await card(page, of, name).waitFor();
  }
  assert.equal(await card(page, 'Entry points', 'web').count(), 0);
  await page.reload();
  await card(page, 'Routers', 'half@file').waitFor();
  assert.equal(await card(page, 'Routers', 'echo@file').count(), 0);
  const search = page.getByRole('searchbox', { name: 'Search' });
  assert.equal(await search.inputValue(), down);
  await search.press('Escape');
  await card(page, 'Routers', 'echo@file').waitFor();
  await page.getByRole('button', { name: 'Only problems' }).click();
  await gone(card(page, 'Routers', 'nobody@file'));
  await card(page, 'Routers', 'broken@file').waitFor();
  assert.equal(await column(page, 'Middlewares').getByRole('listitem').count(), 0);
  assert.deepEqual(troubles, []);
});

test('everything can be done by keyboard', async (t) => {
  const { open, up } = COMMON;
  const { page, troubles } = await open(t);
  await card(page, 'Routers', 'echo@file').waitFor();
  const focused = page.locator(':focus');
  // By Tab alone, past the skip links and the line at the top.
  const names: string[] = [];
  for (let tabs = 0; tabs < 12 && names.at(-1) !== 'pg'; tabs += 1) {
    await page.keyboard.press('Tab');
    names.push(await focused.innerText());
  }
  assert.equal(names.at(-1), 'pg', names.join(' | '));
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  assert.equal(await focused.innerText(), 'web');
  const outline = "getComputedStyle(document.activeElement.closest('.card')).outlineStyle";
  assert.equal(await page.evaluate(outline), 'solid');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('End');
  assert.equal(await focused.innerText(), 'echo@file');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  assert.equal(await focused.innerText(), up);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  const details = page.getByRole('complementary', { name: 'echo@file' });
  await says(details, 'service', '1 of 1 up');
  await page.keyboard.press('Escape');
  await details.waitFor({ state: 'hidden' });
  assert.equal(await focused.innerText(), 'echo@file');
  await page.goBack();
  await details.waitFor();
  assert.deepEqual(troubles, []);
});

test('it is light or dark as the system is, or as one says', async (t) => {
  const { open } = COMMON;
  const { page, troubles } = await open(t, { colorScheme: 'dark' });
  const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
  await card(page, 'Routers', 'echo@file').waitFor();
  const dark = await ground();
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await ground();
  assert.notEqual(dark, light);
  await page.getByRole('button', { name: 'Use the dark theme' }).click();
  assert.equal(await ground(), dark);
  await page.reload();
  assert.equal(await ground(), dark);
  await page.getByRole('button', { name: 'Use the light theme' }).click();
  assert.equal(await ground(), light);
  assert.deepEqual(troubles, []);
});

test('an API that does not answer any more is said, with the age of what is shown', async (t) => {
  const { sluice, open } = await stage(t);
  const { page } = await open(t);
  await says(page.getByRole('banner'), 'live');
  await sluice.stop();
  await says(page.locator('body'), /The API does not answer. What is shown is \d+ s old/);
  await says(page.getByRole('banner'), 'not connected');
  await says(page.getByRole('status'), 'The connection to the API is lost');
  // What was known is still there.
  await says(card(page, 'Routers', 'echo@file'), 'in force');
});

test('nobody who looks elsewhere asks the API', async (t) => {
  const { open } = COMMON;
  const { page, troubles } = await open(t, { isPatient: true });
  await card(page, 'Routers', 'echo@file').waitFor();
  await page.clock.install();
  await page.reload();
  await card(page, 'Routers', 'echo@file').waitFor();
  let looks = 0;
  page.on('request', (request) => (looks += request.url().endsWith('/api/live') ? 1 : 0));
  const seen = (isHidden: boolean) =>
    page.evaluate(
      `Object.defineProperty(document, 'hidden', { value: ${isHidden}, configurable: true });
       document.dispatchEvent(new Event('visibilitychange'))`,
    );
  const look = page.waitForResponse(/\/api\/live$/);
  await page.clock.runFor(2_100);
  await look;
  await seen(true);
  const before = looks;
  await page.clock.runFor(60_000);
  assert.equal(looks, before);
  const again = page.waitForResponse(/\/api\/live$/);
  await seen(false);
  await again;
  assert.deepEqual(troubles, []);
});

test('it works behind a path prefix', async (t) => {
  const { sluice } = COMMON;
  const proxy = createServer((asked, answer) => {
    const path = /^\/tools\/sluice(\/.*)$/.exec(asked.url ?? '')?.[1];
    if (path === undefined) {
      answer.writeHead(404).end();
      return;
    }
    const headers = { ...asked.headers, 'x-forwarded-prefix': '/tools/sluice' };
    const target = { host: '127.0.0.1', port: sluice.port('traefik'), path, headers };
    request(target, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    }).end();
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  t.after(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const { port } = proxy.address() as AddressInfo;
  const { page, troubles } = await visit(t, `http://127.0.0.1:${port}/tools/sluice/`);
  await card(page, 'Routers', 'echo@file').waitFor();
  assert.equal(new URL(page.url()).pathname, '/tools/sluice/dashboard/');
  assert.deepEqual(troubles, []);
});

test('all that the page is made of is in the package', async () => {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json']);
  const [{ files }] = JSON.parse(stdout) as [{ files: readonly { path: string }[] }];
  const packed = new Set(files.map(({ path }) => path));
  for (const name of readdirSync('dist/page')) assert.ok(packed.has(`dist/page/${name}`), name);
  assert.ok(packed.has('dist/page/index.html'));
});

interface Violation {
  readonly id: string;
  readonly nodes: readonly {
    readonly target: readonly string[];
    readonly failureSummary: string;
  }[];
}

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const options = { resultTypes: ['violations'] };
  const run = `axe.run(document, ${JSON.stringify(options)})`;
  const result = await page.evaluate<{ readonly violations: readonly Violation[] }>(run);
  return result.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
  );
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the ${colorScheme} theme, with and without details`, async (t) => {
    const { open } = COMMON;
    const { page } = await open(t, { colorScheme, bypassCSP: true });
    await says(card(page, 'Services', 'half@file'), '1 of 2 up');
    assert.deepEqual(await violations(page), []);
    await page.screenshot({ path: join(SHOTS, `${colorScheme}.png`), fullPage: true });
    await button(page, 'Entry points', 'pg').click();
    await page.getByRole('complementary').waitFor();
    assert.deepEqual(await violations(page), []);
    await page.screenshot({ path: join(SHOTS, `${colorScheme}-details.png`) });
  });
}

test('on a narrow screen nothing is wider than it', async (t) => {
  const { open } = COMMON;
  const { page, troubles } = await open(t, { viewport: { width: 360, height: 740 } });
  await says(card(page, 'Services', 'half@file'), '1 of 2 up');
  assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360);
  await page.screenshot({ path: join(SHOTS, 'narrow.png'), fullPage: true });
  assert.deepEqual(troubles, []);
});

/** Routers of the large picture. */
const MANY = 1_000;

test(`${MANY} routers are shown piece by piece, and freeze nothing`, async (t) => {
  const { folder, open } = await stage(t);
  const names = Array.from({ length: MANY }, (_, index) => `r${index}`);
  const routers = names.map(
    (name) =>
      `    ${name}: {rule: "HostSNI(\`${name}.test\`)", service: ${name}, entryPoints: [pg], tls: {passthrough: true}}`,
  );
  const services = names.map(
    (name) => `    ${name}: {loadBalancer: {servers: [{address: "127.0.0.1:9"}]}}`,
  );
  const text = ['tcp:', '  routers:', ...routers, '  services:', ...services].join('\n');
  writeFileSync(join(folder, 'many.yml'), text);
  const { page, troubles } = await open(t);
  await says(column(page, 'Routers').getByRole('heading', { level: 3 }), '1,004');
  const shown = await column(page, 'Routers').getByRole('heading', { level: 4 }).count();
  assert.ok(shown <= 60, `${shown} cards`);
  await page.evaluate(
    `globalThis.longest = 0;
     new PerformanceObserver((list) => {
       for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
     }).observe({ type: 'longtask' })`,
  );
  await column(page, 'Routers')
    .getByRole('button', { name: /^Show 100 more/ })
    .click();
  await until('there are more', async () => {
    const count = await column(page, 'Routers').getByRole('heading', { level: 4 }).count();
    return count === shown + 100;
  });
  const began = performance.now();
  await page.getByRole('searchbox').fill('r987.test');
  await button(page, 'Routers', 'r987@file').waitFor();
  const searched = performance.now() - began;
  await page.getByRole('searchbox').fill('');
  await page.screenshot({ path: join(SHOTS, 'many.png') });
  // Two looks more.
  await page.waitForResponse(/\/api\/live$/);
  await page.waitForResponse(/\/api\/live$/);
  const longest = Number(await page.evaluate('longest'));
  console.log(
    `# ${MANY} routers: a search took ${Math.round(searched)} ms, the longest task ${Math.round(longest)} ms`,
  );
  assert.ok(longest < 1_000, `it was frozen for ${longest} ms`);
  assert.deepEqual(troubles, []);
});
