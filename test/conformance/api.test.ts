import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { packageVersion } from '../../src/cli/version.js';
import { hasReusePort } from '../../src/config/static/node-version.js';
import { ask } from '../support/http.js';
import type { Program } from '../support/program.js';
import { comparable, shown, type Answer } from './support/api-answer.js';
import { filled, started, type Configuration } from './support/api-program.js';
import { conform } from './support/vectors.js';

interface Input {
  readonly config: string;
  readonly method?: string;
  readonly path: string;
}

const JSON_LIST = { 'content-type': 'application/json', 'x-next-page': '1' };

const ownVersion = (traefik: Answer): Answer => ({
  ...traefik,
  body: { Version: packageVersion(), Codename: 'sluice', startDate: '{time}' },
});

const emptyList = (): Answer => ({ status: 200, headers: JSON_LIST, body: [] });

/** What we decided otherwise, by id, made of what Traefik answers. */
const OURS: Readonly<Record<string, (traefik: Answer) => Answer>> = {
  // D26: GET and HEAD.
  'A-method-head': () => ({ status: 200, headers: JSON_LIST, text: '' }),
  'A-rawdata': (traefik) => ({ ...traefik, body: tcpHalf(traefik.body) }),
  'B-http-routers': emptyList,
  'B-http-middlewares': emptyList,
  // The page is ours, and its types are not to be guessed.
  'A-dashboard': ({ status, headers }) => ({
    status,
    headers: { ...headers, 'x-content-type-options': 'nosniff' },
  }),
  // Whose version it is.
  'A-version': ownVersion,
  'B-version': ownVersion,
  'B-entrypoints': (traefik) => ({ ...traefik, body: shownByThisNode(traefik.body) }),
};

function tcpHalf(body: unknown): unknown {
  const isTcp = ([name]: readonly [string, unknown]) => name.startsWith('tcp');
  return Object.fromEntries(Object.entries(body ?? {}).filter(isTcp));
}

/** D40. */
function shownByThisNode(entryPoints: unknown): unknown {
  if (hasReusePort(process.versions.node) || !Array.isArray(entryPoints)) return entryPoints;
  return entryPoints.map((entryPoint: object) => ({ ...entryPoint, reusePort: undefined }));
}

const document = JSON.parse(readFileSync('test/conformance/vectors/api.json', 'utf8')) as {
  readonly configs: Readonly<Record<string, Configuration>>;
};

const programs = new Map<string, Program>();
for (const [name, configuration] of Object.entries(document.configs)) {
  programs.set(name, await started(configuration));
}

conform<Input, Answer>('api', async ({ id, input, traefik, sluice }) => {
  const decided = OURS[id];
  assert.ok(sluice === undefined || decided, 'we decided otherwise: what do we answer?');
  const { port } = programs.get(input.config) ?? assert.fail('no such configuration');
  const expected = decided ? decided(traefik) : traefik;
  const location = `http://127.0.0.1:${port('traefik')}/`;
  const text = JSON.stringify({ ...expected, headers: shown(expected.headers) });
  const like = JSON.parse(filled(text.replace('http://127.0.0.1:{port:api}/', location))) as Answer;
  const answer = comparable(await ask(port('traefik'), input.path, input.method), like);
  assert.deepEqual(answer, like);
  // The order of members, too.
  assert.equal(JSON.stringify(answer.body), JSON.stringify(like.body));
});
