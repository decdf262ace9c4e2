import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';

/** Folder to the folders it may import from, besides itself and its own sub-folders. The whole architecture, in order. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/async': [],
  // Of telemetry the words for how a connection ends, which are options of the access log.
  'src/config': ['src/async', 'src/telemetry'],
  'src/rule': [],
  'src/net': [],
  'src/tls': ['src/config', 'src/net'],
  'src/telemetry': ['src/async'],
  'src/spiffe': ['src/async', 'src/config', 'src/net'],
  'src/routing': ['src/async', 'src/config', 'src/net', 'src/rule', 'src/tls'],
  'src/discovery': ['src/async', 'src/config'],
  'src/control': ['src/async', 'src/config', 'src/routing', 'src/telemetry'],
  'src/proxy': ['src/config', 'src/net', 'src/routing', 'src/telemetry'],
  'src/api': ['src/async', 'src/config', 'src/routing', 'src/telemetry'],
  'src/cli': [
    'src/async',
    'src/config',
    'src/rule',
    'src/net',
    'src/telemetry',
    'src/routing',
    'src/control',
    'src/api',
    'providers',
  ],
  'providers/docker': ['src/async', 'src/config'],
  'providers/consul': ['src/async', 'src/config'],
  'providers/file': ['src/async', 'src/config'],
  page: ['src/config'],
  src: ['*'],
};

/** `src/config/decode/walk.ts` belongs to `src/config`, `src/main.ts` to `src`. */
const folderOf = (file: string) => dirname(file).split('/').slice(0, 2).join('/');

const files = ['src', 'providers', 'page'].filter(existsSync).flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((entry) => entry.endsWith('.ts'))
    .map((entry) => join(root, entry)),
);

const importsOf = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)].map(
    ([, path = '']) => join(dirname(file), path).replace(/\.js$/, '.ts'),
  );

for (const file of files) {
  test(`${file} imports only what its folder may`, () => {
    const from = folderOf(file);
    const allowed = MAY_IMPORT[from] ?? assert.fail(`${from} has no line in the architecture`);
    const strangers = importsOf(file).filter((path) => {
      const to = folderOf(path);
      const allowedTo = allowed.includes('*') || to === from || allowed.includes(to);
      return !allowedTo && !(to.startsWith('providers/') && allowed.includes('providers'));
    });
    assert.deepEqual(strangers, []);
  });
}

test('no file imports itself in a circle', () => {
  const graph = new Map(
    files.map((file) => [file, importsOf(file).filter((to) => existsSync(to))]),
  );
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    assert.ok(
      !trail.includes(file),
      `circle: ${[...trail.slice(trail.indexOf(file)), file].join(' → ')}`,
    );
    if (done.has(file)) return;
    for (const to of graph.get(file) ?? []) visit(to, [...trail, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
});

test('src/main.ts listens to SIGUSR1 before it loads anything: Node would open its inspector', () => {
  const text = readFileSync('src/main.ts', 'utf8');
  assert.doesNotMatch(text, /^import/m);
  assert.match(text.slice(0, text.indexOf('import(')), /process\.on\('SIGUSR1'/);
});

test('the page runs in browsers: of the rest it knows types alone, which leave no import behind', () => {
  for (const file of files.filter((each) => each.startsWith('page/'))) {
    assert.doesNotMatch(readFileSync(file, 'utf8'), /^(?:import|export) (?!type )[^;]*'\.\.\//m);
  }
});
