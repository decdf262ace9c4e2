import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

/** Debian's; test/e2e/support/install.sh installs it. */
const CHROMIUM = '/usr/bin/chromium';

let started: Promise<Browser> | undefined;

/** One for the tests of a file; `closeBrowser` ends it. */
function browser(): Promise<Browser> {
  assert.ok(existsSync(CHROMIUM), 'chromium is missing: bash test/e2e/support/install.sh');
  started ??= chromium.launch({
    executablePath: CHROMIUM,
    // Chromium has no sandbox for root, as which CI runs; what is opened here is our own.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  return started;
}

export async function closeBrowser(): Promise<void> {
  await (await started)?.close();
}

/** A page that somebody visits, and what went wrong there. */
export interface Visit {
  readonly page: Page;
  /** Errors and warnings of the console, exceptions, what a policy refused, and requests to other hosts. */
  readonly troubles: readonly string[];
}

export interface VisitOptions extends BrowserContextOptions {
  /** The page looks every two seconds, as it does by itself; else the test makes it look more often. */
  readonly isPatient?: boolean;
}

/** Whoever comes back to a page wants to see it as it is now: it looks at once. */
const COMING_BACK = `setInterval(() => document.dispatchEvent(new Event('visibilitychange')), 200)`;

/** Opens `url` in a context of its own. */
export async function visit(
  t: TestContext,
  url: string,
  { isPatient = false, ...options }: VisitOptions = {},
): Promise<Visit> {
  const context = await (await browser()).newContext({ reducedMotion: 'reduce', ...options });
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const troubles: string[] = [];
  page.on('console', (message) => {
    const type = message.type();
    if (type === 'error' || type === 'warning') troubles.push(`${type}: ${message.text()}`);
  });
  page.on('pageerror', (error) => troubles.push(`exception: ${error.message}`));
  page.on('dialog', (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  const { origin } = new URL(url);
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) troubles.push(`request: ${request.url()}`);
  });
  await page.addInitScript(
    `addEventListener('securitypolicyviolation', (event) =>
       console.error('policy', event.violatedDirective, event.blockedURI))`,
  );
  if (!isPatient) await page.addInitScript(COMING_BACK);
  await page.goto(url);
  return { page, troubles };
}
