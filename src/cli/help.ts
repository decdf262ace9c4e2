import { staticSchema } from '../config/static/schema.js';
import { COMMANDS, type CommandInfo } from './commands.js';
import { listOptions, type ListedOption } from './option-list.js';

/** The text of `--help`: every command, and every option that is read, from the schema itself. */
export function helpText(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  return `sluice: a layer-4 (TCP) reverse proxy that configures itself

Usage:
  sluice [--configFile=FILE | options | environment]   run
  sluice COMMAND …                                     one of these; sluice COMMAND --help says more

Commands:
${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}\n`).join('')}
One source counts: a file (--configFile, or sluice.{toml,yaml,yml} in /etc/sluice, /etc/traefik,
$XDG_CONFIG_HOME, $HOME/.config, the working folder; then traefik.* there), else options, else
variables (SLUICE_LOG_LEVEL is --log.level; TRAEFIK_LOG_LEVEL works too). Durations are 500ms, 30s,
1m30s; a bare number is seconds. Lists are repeated or written with commas.

Exit codes: 0 done, 1 runtime failure, 2 bad usage or configuration.

Options:
  --configFile=TEXT
        read this file
${listOptions(staticSchema).map(optionText).join('')}`;
}

/** The text of `sluice COMMAND --help`. */
export function commandHelp({
  name,
  usage,
  summary,
  detail,
  options,
  isConfigured,
  codes,
}: CommandInfo): string {
  const shown = options.map(
    (option) =>
      [`--${option.name}${option.value === '' ? '' : `=${option.value}`}`, option.summary] as const,
  );
  const width = Math.max(0, ...shown.map(([word]) => word.length));
  return [
    `sluice ${name}: ${summary}`,
    '',
    'Usage:',
    `  sluice ${name} ${usage}`.trimEnd(),
    ...(detail === '' ? [] : ['', detail]),
    ...(shown.length === 0
      ? []
      : ['', 'Options:', ...shown.map(([word, text]) => `  ${word.padEnd(width)}  ${text}`)]),
    ...(isConfigured
      ? [
          '',
          'And --configFile=FILE and all options of the static configuration: see sluice --help.',
        ]
      : []),
    '',
    `Exit codes: ${codes}.`,
    '',
  ].join('\n');
}

function optionText({ path, value, standard, summary }: ListedOption): string {
  const tail = standard === '' ? '' : ` (default ${standard})`;
  return `  --${path}${value === '' ? '' : `=${value}`}\n        ${summary}${tail}\n`;
}
