import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { parser } from '@prometheus-io/lezer-promql';
import { issue } from '../support/certificates.js';
import { Client } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { folderWith, write } from '../support/folder.js';
import { ask } from '../support/http.js';
import { startProgram } from '../support/program.js';
import { refusingPort } from '../support/refusing.js';
import { echo, startServer } from '../support/servers.js';
import { accepted, load } from '../support/static.js';

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly gridPos: {
      readonly x: number;
      readonly y: number;
      readonly w: number;
      readonly h: number;
    };
    readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly definition?: string }[];
  };
}

const dashboard = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../grafana/sluice.json'), 'utf8'),
) as Dashboard;

/** What Prometheus adds to all that it scrapes. */
const ADDED = ['instance', 'job'];

/** Which labels each metric has, all its samples together. */
function scraped(text: string): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const line of text.split('\n')) {
    const [, name, labels = ''] = /^([a-z_]+)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (name === undefined) continue;
    const known = found.get(name) ?? new Set(ADDED);
    found.set(name, known);
    for (const [, label = ''] of labels.matchAll(/([a-z_]+)="(?:[^"\\]|\\.)*"/g)) known.add(label);
  }
  return found;
}

/** What is wrong with a query, measured by a scrape. */
function faultsOf(query: string, metrics: ReadonlyMap<string, ReadonlySet<string>>) {
  const faults: string[] = [];
  const names: string[] = [];
  const labels: string[] = [];
  parser.parse(query).iterate({
    enter({ name, from, to, type, node }) {
      const text = query.slice(from, to);
      if (type.isError) faults.push(`no PromQL at ${from}`);
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') names.push(text);
      if (name === 'LabelName') labels.push(text);
    },
  });
  if (names.length === 0) faults.push('asks for no metric');
  for (const name of names) {
    const known = metrics.get(name);
    if (known === undefined) faults.push(`there is no metric ${name}`);
    // Each query is about one kind of object.
    else
      faults.push(
        ...labels
          .filter((label) => !known.has(label) && label !== 'le')
          .map((label) => `${name} has no label ${label}`),
      );
  }
  return faults;
}

/** A scrape of a program to which everything has happened that the dashboard shows. */
async function scrape(t: TestContext): Promise<string> {
  const { port } = await startServer(t, echo);
  const refused = await refusingPort();
  const issued = issue({ name: 'a.test', dns: ['a.test'] });
  const directory = folderWith(t, { 'cert.pem': issued.cert, 'key.pem': issued.key });
  const servers = [refused, port].map((each) => `{address: "127.0.0.1:${each}"}`).join(', ');
  write(
    join(directory, 'a.yml'),
    `tcp:
  routers: {db: {rule: "HostSNI(\`*\`)", service: db}}
  services: {db: {loadBalancer: {servers: [${servers}]}}}
tls:
  certificates: [{certFile: ${directory}/cert.pem, keyFile: ${directory}/key.pem}]
`,
  );
  const program = await startProgram(
    accepted(
      load({
        args: [
          '--entryPoints.tcp.address=127.0.0.1:0',
          '--entryPoints.traefik.address=127.0.0.1:0',
          `--providers.file.directory=${directory}`,
          '--metrics.prometheus',
          '--metrics.prometheus.addRoutersLabels',
        ],
      }),
    ),
  );
  t.after(async () => {
    program.running.cut();
    await program.running.stop();
  });
  const metrics = async () => (await ask(program.port('traefik'), '/metrics')).text;
  await eventually('it is routed', async () =>
    (await metrics()).includes('traefik_tls_certs_not_after') ? true : undefined,
  );
  const peer = new Client(t, program.port('tcp')).send('hello');
  await peer.gets('hello');
  peer.finish();
  assert.equal(await peer.ended, 'fin');
  return eventually('the end is counted', async () => {
    const text = await metrics();
    return text.includes('sluice_entrypoint_ended_total') ? text : undefined;
  });
}

const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr, legendFormat }) => ({ title, expr, legendFormat })),
);

/** As Grafana fills it in. */
const filled = (query: string) => query.replace(/\$__rate_interval/g, '1m').replace(/\$\w+/g, '.*');

test('every query of the dashboard is PromQL, and asks for what a scrape has', async (t) => {
  const metrics = scraped(await scrape(t));
  assert.ok(queries.length > 30);
  for (const { title, expr } of queries) {
    assert.deepEqual(faultsOf(filled(expr), metrics), [], `${title}: ${expr}`);
  }
  for (const { name, definition } of dashboard.templating.list) {
    if (definition === undefined) continue;
    const [, metric = '', label = ''] = /^label_values\((\w+), (\w+)\)$/.exec(definition) ?? [];
    assert.ok(metrics.get(metric)?.has(label), `${name}: ${definition}`);
  }
});

test('a query that asks for what is not there is found', () => {
  const metrics = scraped('sluice_a_total{b="c"} 1\n');
  assert.deepEqual(faultsOf('sum by (b) (rate(sluice_a_total{instance=~".*"}[1m]))', metrics), []);
  for (const query of [
    'sluice_b',
    'sluice_a_total{c="1"}',
    'sum by (d) (sluice_a_total)',
    'sum(',
    '1',
  ]) {
    assert.notDeepEqual(faultsOf(query, metrics), [], query);
  }
});

test('a legend names labels that its query keeps, and every variable is there', () => {
  const variables = new Set(['datasource', '__rate_interval']);
  for (const { name } of dashboard.templating.list) variables.add(name);
  for (const { title, expr, legendFormat } of queries) {
    const kept = /\bby \(([^)]*)\)/.exec(expr)?.[1]?.split(/, */);
    for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
      assert.ok(kept === undefined || kept.includes(label), `${title}: ${label}`);
    }
    for (const [, name = ''] of expr.matchAll(/\$(\w+)/g)) {
      assert.ok(variables.has(name), `${title}: $${name}`);
    }
  }
});

test('no panel lies over another one', () => {
  const taken = new Set<string>();
  for (const { title, gridPos: at } of dashboard.panels) {
    assert.ok(at.x + at.w <= 24, title);
    for (let x = at.x; x < at.x + at.w; x += 1) {
      for (let y = at.y; y < at.y + at.h; y += 1) {
        assert.ok(!taken.has(`${x} ${y}`), title);
        taken.add(`${x} ${y}`);
      }
    }
  }
});
