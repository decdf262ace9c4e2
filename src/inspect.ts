import { readFileSync } from 'node:fs';
import type { CheckCommand, ExplainCommand, RouteCommand } from './cli/command.js';
import type { LineOf } from './cli/excerpt.js';
import { explanation, explanationJson } from './cli/explain.js';
import { namesOf, subjectOf } from './cli/subject.js';
import { inOrder, located, report, type Extent } from './cli/report.js';
import { explainRoute } from './cli/route.js';
import { nearest } from './config/decode/nearest.js';
import type { Diagnostic } from './config/diagnostic.js';
import type { Look } from './look.js';
import { isAnswer, lookAt, type Answer, type Surroundings } from './sources.js';

export async function inspect(
  command: CheckCommand | RouteCommand | ExplainCommand,
  around: Surroundings,
): Promise<Answer> {
  switch (command.kind) {
    case 'check':
      return check(command, around);
    case 'route':
      return route(command, around);
    case 'explain':
      return explain(command, around);
  }
}

/** Also what is disabled by a thing that is only a warning where nobody uses it. */
const isError = ({ severity, code }: Diagnostic) =>
  severity === 'error' || code === 'broken-reference';

/** `sluice check`: 2 if something is wrong, 1 if a source does not answer, else 0. */
async function check(command: CheckCommand, around: Surroundings): Promise<Answer> {
  const seen = await lookAt(command, around);
  if (isAnswer(seen)) return seen;
  const { merged, diagnostics, lost } = seen.look;
  const found = inOrder(diagnostics.map((one) => located(one, seen.locate)));
  const extent: Extent = {
    routers: merged.routers.size,
    services: merged.services.size,
    middlewares: merged.middlewares.size,
    serversTransports: merged.serversTransports.size,
  };
  const isWrong = found.some(isError);
  const text = command.isJson
    ? `${JSON.stringify({ ...extent, lost, diagnostics: found }, null, 2)}\n`
    : `${lossesOf(seen.look)}${report(found, extent, lineOf())}`;
  return { text, code: isWrong ? 2 : lost.length > 0 ? 1 : 0 };
}

/** `sluice route`: 0 if such a connection would reach a server, else 1. */
async function route(command: RouteCommand, around: Surroundings): Promise<Answer> {
  const seen = await lookAt(command, around);
  if (isAnswer(seen)) return seen;
  const { compiled } = seen.look;
  const { entryPoint, ip } = command;
  if (!seen.entryPoints.includes(entryPoint)) {
    const known = seen.entryPoints.join(', ');
    return { text: `there is no entry point ${entryPoint}: there are ${known}\n`, code: 2 };
  }
  const tls = command.isTls ? { serverName: command.sni, alpn: command.alpn } : undefined;
  const imagined = { entryPoint, ip, tls };
  const { lines, isServed } = explainRoute(
    compiled.table.of(entryPoint),
    compiled.runtime,
    imagined,
    seen.locate,
  );
  return { text: `${lossesOf(seen.look)}${lines.join('\n')}\n`, code: isServed ? 0 : 1 };
}

/** `sluice explain`: 0 if something of this name is known, else 1. */
async function explain(command: ExplainCommand, around: Surroundings): Promise<Answer> {
  const seen = await lookAt(command, around);
  if (isAnswer(seen)) return seen;
  const { look, locate, stories } = seen;
  const all = { ...look, stories };
  const subject = subjectOf(command.name, all);
  if (subject === undefined) {
    const [meant] = nearest(command.name, namesOf(all));
    const hint =
      meant === undefined
        ? 'containers without a label under traefik. or sluice. are not looked at'
        : `did you mean ${meant}?`;
    const missing = `there is no container, instance, router or service "${command.name}"`;
    return { text: `${lossesOf(look)}${missing}: ${hint}\n`, code: 1 };
  }
  const diagnostics = inOrder(subject.diagnostics.map((one) => located(one, locate)));
  const told = { ...subject, diagnostics };
  const text = command.isJson
    ? `${JSON.stringify(explanationJson(told, look), plainNumbers, 2)}\n`
    : `${lossesOf(look)}${explanation(told, look, { locate, lineOf: lineOf() })}`;
  return { text, code: 0 };
}

const plainNumbers = (_: string, value: unknown) =>
  typeof value === 'bigint' ? Number(value) : value;

const lossesOf = ({ lost }: Look) =>
  lost
    .map(({ provider, endpoint, why, fix }) => {
      const loss = `${provider} does not answer at ${endpoint}: ${why}\n`;
      return fix === undefined ? loss : `${loss}  -> ${fix}\n`;
    })
    .join('');

/** Reads each file once. */
function lineOf(): LineOf {
  const files = new Map<string, readonly string[]>();
  return (path, line) => {
    let lines = files.get(path);
    if (lines === undefined) {
      lines = linesOf(path);
      files.set(path, lines);
    }
    return lines[line - 1];
  };
}

function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/);
  } catch {
    return [];
  }
}
