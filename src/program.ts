import { readFileSync } from 'node:fs';
import { parseCommand } from './cli/command.js';
import { healthcheck } from './cli/healthcheck.js';
import { commandHelp, helpText } from './cli/help.js';
import { packageVersion } from './cli/version.js';
import { formatDiagnostic } from './config/diagnostic.js';
import { loadStatic, type LoadedStatic } from './config/static/load.js';
import { LISTEN_FIXES } from './listen-fixes.js';
import { run, type Running } from './run.js';
import type { Answer } from './sources.js';
import { AccessLog } from './telemetry/access-log.js';
import { openLog, sayLost, type OpenLog } from './telemetry/log.js';

/** What to do from now on when the log files are to be opened again (SIGUSR1). */
export type ReopensWith = (reopenLogs: () => void) => void;

function reopenBoth({ log, reopen }: OpenLog, accessLog: AccessLog | undefined): void {
  reopen();
  try {
    accessLog?.reopen();
  } catch (err) {
    log.warn({ err }, 'the access log cannot be opened again: the old file is written on');
  }
}

function readFile(path: string): string | undefined | Error {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    return error instanceof Error ? error : new Error(String(error));
  }
}

function refuse(loaded: LoadedStatic): void {
  for (const diagnostic of loaded.diagnostics) {
    if (diagnostic.severity === 'error')
      process.stderr.write(`sluice: ${formatDiagnostic(diagnostic)}\n`);
  }
  process.exitCode = 2;
}

/** Undefined, and said, if it cannot be opened. */
async function openedAt<T>(
  option: string,
  path: string,
  open: () => T | Promise<T>,
): Promise<T | undefined> {
  try {
    return await open();
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    process.stderr.write(
      `sluice: ${option}: "${path}" cannot be opened: ${detail}; name a file in a folder that is there, and that this user may write\n`,
    );
    process.exitCode = 1;
    return undefined;
  }
}

async function serve(
  { config, diagnostics }: Extract<LoadedStatic, { readonly ok: true }>,
  reopensWith: ReopensWith,
): Promise<void> {
  const opened = await openedAt('log.filePath', config.log.filePath, () =>
    openLog({ ...config.log, isTerminal: process.stdout.isTTY }),
  );
  if (opened === undefined) return;
  const { log } = opened;
  const { accessLog: wanted } = config;
  const accessLog =
    wanted &&
    (await openedAt(
      'accessLog.filePath',
      wanted.filePath,
      () => new AccessLog(wanted, (lines) => sayLost(log, lines)),
    ));
  if (wanted && accessLog === undefined) return;
  reopensWith(() => reopenBoth(opened, accessLog));
  const started = await run(config, diagnostics, log, accessLog);
  if (!('stop' in started)) {
    for (const { entryPoint, address, reason, detail } of started) {
      process.stderr.write(
        `sluice: entry point ${entryPoint} cannot listen on ${address}: ${reason} (${detail}); ${LISTEN_FIXES[reason]}\n`,
      );
    }
    process.exitCode = 1;
    return;
  }
  onSignals(started, log);
}

function onSignals(running: Running, log: OpenLog['log']): void {
  let stopping: Promise<void> | undefined;
  const stop = (why: string) => {
    if (stopping) {
      running.cut();
      return;
    }
    log.info({ why }, 'stopping: open connections may end by themselves');
    stopping = running.stop().finally(() => process.exit());
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('SIGHUP', () => running.refresh());
  process.on('uncaughtException', (err) => {
    // D48: a bug. What is open drains, and whoever supervises this process starts a new one.
    log.fatal({ err }, 'a bug: stopping');
    process.exitCode = 1;
    // What follows from it cuts nobody.
    if (!stopping) stop('bug');
  });
}

/** Whoever reads may have gone, as `head` does. */
function print(text: string): void {
  process.stdout.on('error', () => {});
  process.stdout.write(text);
}

/** What the command line asks for. Sets the exit code. */
export async function main(reopensWith: ReopensWith): Promise<void> {
  const command = parseCommand(process.argv.slice(2));
  const around = { env: process.env, readFile };
  switch (command.kind) {
    case 'help':
      print(command.about === undefined ? helpText() : commandHelp(command.about));
      return;
    case 'version':
      print(`sluice ${packageVersion()} (Node ${process.versions.node})\n`);
      return;
    case 'usage':
      process.stderr.write(`sluice: ${command.problem}\n`);
      process.exitCode = 2;
      return;
    case 'schema': {
      const { jsonSchemaOf } = await import('./cli/schema.js');
      print(`${JSON.stringify(jsonSchemaOf(command.name), null, 2)}\n`);
      return;
    }
    case 'completion': {
      const { completion } = await import('./cli/completion.js');
      print(completion(command.shell));
      return;
    }
    case 'check':
    case 'route':
    case 'explain': {
      const { inspect } = await import('./inspect.js');
      answer(await inspect(command, around));
      return;
    }
    case 'preflight': {
      const { preflight } = await import('./preflight.js');
      answer(await preflight(command, around));
      return;
    }
    case 'healthcheck':
    case 'run': {
      const loaded = loadStatic({ ...around, argv: command.argv });
      if (!loaded.ok) refuse(loaded);
      else if (command.kind === 'run') await serve(loaded, reopensWith);
      else {
        const { line, code } = await healthcheck(loaded.config);
        answer({ text: `${line}\n`, code });
      }
    }
  }
}

function answer({ text, code }: Answer): void {
  print(text);
  process.exitCode = code;
}
