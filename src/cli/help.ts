import { staticSchema } from '../config/static/schema.js';
import { listOptions, type ListedOption } from './option-list.js';

/** The text of `--help`: every option that is read, from the schema itself. */
export function helpText(): string {
  return `sluice: a layer-4 (TCP) reverse proxy that configures itself

Usage:
  sluice [--configFile=FILE | options | environment]   run
  sluice check [FILE… | --docker | --consul | --compose=FILE… [--profile=NAME…]] [--json] [the same]
        read everything once, and say what is wrong; with files or folders, only these; of a compose
        file the labels, without starting anything
  sluice explain NAME [--json] [as check]
        tell the whole way of a container, service or router, with all choices and their reasons
  sluice route --entryPoint=NAME [--sni=NAME] [--alpn=A,B] [--tls] [--ip=ADDRESS] [as check]
        say which router and server would take such a connection, and why others would not
  sluice preflight [--docker] [--consul] [--json] [the same]
        try the sources, files and ports that are needed to run, and name what is missing
  sluice healthcheck [the same]                        ask a running one for /ping
  sluice schema [dynamic|static]                       print the JSON Schema of such a file
  sluice version                                       say which version this is

One source counts: a file (--configFile, or sluice.{toml,yaml,yml} in /etc/sluice, /etc/traefik,
$XDG_CONFIG_HOME, $HOME/.config, the working folder; then traefik.* there), else options, else
variables (SLUICE_LOG_LEVEL is --log.level; TRAEFIK_LOG_LEVEL works too). Durations are 500ms, 30s,
1m30s; a bare number is seconds. Lists are repeated or written with commas.

Exit codes: 0 done, 1 runtime failure (check: a source does not answer; route: no server is reached; explain: nobody knows the name; preflight: something is missing),
2 bad usage or configuration.

Options:
  --configFile=TEXT
        read this file
${listOptions(staticSchema).map(optionText).join('')}`;
}

function optionText({ path, value, standard, summary }: ListedOption): string {
  const tail = standard === '' ? '' : ` (default ${standard})`;
  return `  --${path}${value === '' ? '' : `=${value}`}\n        ${summary}${tail}\n`;
}
