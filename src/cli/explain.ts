import { middlewareType, middlewareView, routerView, serviceView } from '../api/views.js';
import { formatPlace, type Place } from '../config/diagnostic.js';
import { formatDuration } from '../config/decode/values.js';
import type { HealthCheckConfig } from '../config/model.js';
import { DEFAULT_INTERVAL } from '../config/health-check.js';
import type { Compiled } from '../routing/compile.js';
import type { RouterView, RuntimeView, ServiceView } from '../routing/runtime.js';
import type { Route } from '../routing/table.js';
import type { LineOf } from './excerpt.js';
import { paragraph, printable } from './report.js';
import type { Subject } from './subject.js';

interface Seen {
  readonly compiled: Pick<Compiled, 'table' | 'runtime'>;
}

export interface Showing {
  readonly locate: (place: Place, value?: string) => Place;
  readonly lineOf: LineOf;
}

type Line = readonly [what: string, text: string];

const WIDTH = 12;

/** The whole way of what belongs to a subject: containers and their choices, routers, services, findings. */
export function explanation(
  { stories, routers, services, diagnostics }: Subject,
  { compiled }: Seen,
  { locate, lineOf }: Showing,
): string {
  const { runtime } = compiled;
  const placed = (at: Place) => formatPlace(locate(at));
  const sections = [
    ...stories.map(({ kind, name, at, steps }) =>
      section(`${kind} ${name}`, [
        ['stands at', placed(at)],
        ...steps.map(({ choice, text }) => [choice, text] as const),
      ]),
    ),
    ...routers.map((view) =>
      section(`router ${view.merged.name}: ${view.status}`, [
        ['stands at', placed(view.merged.at)],
        ...routerLines(view, compiled),
      ]),
    ),
    ...services.map((view) =>
      section(`service ${view.merged.name}: ${view.status}`, [
        ['stands at', placed(view.merged.at)],
        ...serviceLines(view, runtime),
      ]),
    ),
    ...diagnostics.map((one) => paragraph(one, lineOf)),
  ];
  return sections.map((lines) => `${lines.join('\n')}\n`).join('\n');
}

function section(title: string, lines: readonly Line[]): readonly string[] {
  return [
    printable(title),
    ...lines.map(([what, text]) => `  ${what.padEnd(WIDTH)} ${printable(text)}`),
  ];
}

function routerLines(
  { merged, entryPoints, using, middlewares, priority }: RouterView,
  { table, runtime }: Seen['compiled'],
): readonly Line[] {
  const { config, name } = merged;
  const isDefault = (config.entryPoints ?? []).length === 0;
  const missing = entryPoints.filter((one) => !using.includes(one));
  const how =
    config.priority === undefined || config.priority === 0n ? 'from the rule' : 'as written';
  return [
    ['rule', config.rule ?? 'none'],
    ['priority', priority === undefined ? 'none' : `${priority} (${how})`],
    [
      'listens on',
      `${using.join(', ') || 'no entry point'}${isDefault ? ' (it names none: the defaults)' : ''}${
        missing.length > 0 ? `; there is no ${missing.join(', ')}` : ''
      }`,
    ],
    ...using.map((entryPoint): Line => {
      const { plain, tls } = table.of(entryPoint);
      return ['its turn', turnOf(name, entryPoint, config.tls ? tls : plain)];
    }),
    ['TLS', tlsText(merged.config.tls, optionsOf(name, runtime))],
    ...middlewares.map((one): Line => {
      const view = runtime.middlewares.get(one);
      const kind = view && middlewareType(view.merged.config);
      return [
        'passes',
        `middleware ${one}${view ? ` (${kind ?? 'nothing'}, ${view.status})` : ': there is none'}`,
      ];
    }),
    ['leads to', config.service === undefined ? 'no service' : `service ${config.service}`],
  ];
}

function turnOf(name: string, entryPoint: string, routes: readonly Route[]): string {
  const place = routes.findIndex((route) => route.name === name);
  if (place < 0) return `none on ${entryPoint}: it is not in force`;
  const before = routes.slice(0, place).map((route) => route.name);
  const isHeld = routes[place]?.service === undefined;
  const first = before.length === 0 ? 'first' : `after ${before.slice(-MOST_NAMED).join(', ')}`;
  const others = before.length > MOST_NAMED ? ` and ${before.length - MOST_NAMED} others` : '';
  return `${first}${others} on ${entryPoint}${isHeld ? '; what it takes is closed, as it is disabled' : ''}`;
}

const MOST_NAMED = 5;

function tlsText(tls: RouterView['merged']['config']['tls'], options: readonly string[]): string {
  if (tls === undefined) return 'none: it takes connections without TLS';
  if (tls.passthrough === true) return 'passed through to the server';
  const used = options.join(', ') || (tls.options ?? 'default');
  return `ends at Sluice, with the TLS options ${used}`;
}

const optionsOf = (router: string, { tlsOptions }: RuntimeView) =>
  [...tlsOptions].filter(([, view]) => view.usedBy.includes(router)).map(([name]) => name);

function serviceLines(view: ServiceView, runtime: RuntimeView): readonly Line[] {
  const { merged, transportName, usedBy, serverStatus } = view;
  const { loadBalancer, weighted } = merged.config;
  const status = serverStatus?.();
  const transport = runtime.serversTransports.get(transportName ?? '');
  return [
    [
      'asked by',
      usedBy.length === 0 ? 'no router' : usedBy.map((one) => `router ${one}`).join(', '),
    ],
    ...(loadBalancer
      ? ([
          ['transport', transportText(transportName, transport?.config.tls !== undefined)],
          ['balances', loadBalancer.strategy ?? 'wrr'],
          ['health', healthText(loadBalancer.healthCheck)],
        ] as const)
      : []),
    ...(weighted?.services ?? []).map((one): Line => [
      'share',
      `${one.weight ?? 1} to ${one.name ?? ''}`,
    ]),
    ...merged.servers.map(({ owner, server }): Line => {
      const address = server.address ?? '';
      const state = status?.get(address);
      const how = [
        `from ${owner.kind} ${owner.name}`,
        ...(server.tls === true ? ['over TLS'] : []),
        ...(server.backup === true ? ['a backup'] : []),
        ...(server.weight === undefined ? [] : [`weight ${server.weight}`]),
        ...(state === 'DOWN' ? ['down'] : []),
      ];
      return ['server', `${address} (${how.join(', ')})`];
    }),
    ...(loadBalancer && merged.servers.length === 0 ? [['server', 'none'] as const] : []),
  ];
}

function transportText(name: string | undefined, isTls: boolean): string {
  if (name === undefined) return 'the default: plain TCP';
  return `${name}${isTls ? ', TLS to the servers' : ''}`;
}

function healthText(check: HealthCheckConfig | undefined): string {
  if (check === undefined) return 'not checked: a server counts as up until connections to it fail';
  const { mode = 'tcp', interval = DEFAULT_INTERVAL } = check;
  return `checked by ${mode} every ${formatDuration(interval)}; here nobody was asked`;
}

/** The same as data: views as the API shows them. */
export function explanationJson(
  { stories, routers, services, diagnostics }: Subject,
  { compiled: { runtime } }: Seen,
): object {
  const named = <V extends { readonly merged: { readonly name: string } }>(
    views: readonly V[],
    view: (one: V) => object,
  ) => views.map((one) => ({ name: one.merged.name, ...view(one) }));
  const passed = new Set(routers.flatMap(({ middlewares }) => middlewares));
  return {
    found: stories.map(({ kind, id, name, steps }) => ({ kind, id, name, steps })),
    routers: named(routers, routerView),
    services: named(services, serviceView),
    middlewares: named(
      [...passed].flatMap((name) => runtime.middlewares.get(name) ?? []),
      middlewareView,
    ),
    diagnostics,
  };
}
