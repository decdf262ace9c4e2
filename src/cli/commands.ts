/** An option of one command, beside those of the static configuration. */
export interface CommandOption {
  /** Without the dashes. */
  readonly name: string;
  /** What its value looks like; empty: it takes none. */
  readonly value: string;
  readonly summary: string;
}

export type CommandName =
  | 'check'
  | 'explain'
  | 'route'
  | 'preflight'
  | 'healthcheck'
  | 'schema'
  | 'completion'
  | 'version'
  | 'help';

/** A command as its help and the completion of shells show it. */
export interface CommandInfo {
  readonly name: CommandName;
  /** Behind the name. */
  readonly usage: string;
  readonly summary: string;
  /** What is to be known beyond that. */
  readonly detail: string;
  readonly options: readonly CommandOption[];
  /** Words that it takes. */
  readonly words: readonly string[];
  readonly takesFiles: boolean;
  /** It reads the static configuration: --configFile, options, environment. */
  readonly isConfigured: boolean;
  /** What its exit codes mean. */
  readonly codes: string;
}

const JSON_OUT: CommandOption = { name: 'json', value: '', summary: 'as data' };
const DOCKER: CommandOption = {
  name: 'docker',
  value: '',
  summary: 'this source alone, with its defaults where it is not configured',
};
const SWARM: CommandOption = { ...DOCKER, name: 'swarm' };
const CONSUL: CommandOption = { ...DOCKER, name: 'consul' };

const SOURCES: readonly CommandOption[] = [
  DOCKER,
  SWARM,
  CONSUL,
  {
    name: 'compose',
    value: 'FILE',
    summary: 'a compose file, or a folder with one; several are one project; nothing is started',
  },
  { name: 'profile', value: 'NAME', summary: 'a Compose profile that is on' },
];

const SOURCES_DETAIL = `It looks at every source that is configured; with files or folders (of dynamic configuration) or with
--compose at these alone. It asks each once, and neither listens nor dials a server.`;

export const COMMANDS: readonly CommandInfo[] = [
  {
    name: 'check',
    usage: '[FILE…] [options]',
    summary: 'read everything once, and say what is wrong',
    detail: SOURCES_DETAIL,
    options: [...SOURCES, JSON_OUT],
    words: [],
    takesFiles: true,
    isConfigured: true,
    codes: '0 nothing is wrong, 1 a source does not answer, 2 something is wrong',
  },
  {
    name: 'explain',
    usage: 'NAME [FILE…] [options]',
    summary: 'tell the whole way of a container, service or router, with all choices and reasons',
    detail: `NAME is that of a container, its id, a service of Compose or Consul, a router or a service. ${SOURCES_DETAIL}`,
    options: [...SOURCES, JSON_OUT],
    words: [],
    takesFiles: true,
    isConfigured: true,
    codes: '0 told, 1 nobody knows the name, 2 bad configuration',
  },
  {
    name: 'route',
    usage: '--entryPoint=NAME [FILE…] [options]',
    summary: 'say which router and server would take a connection, and why others would not',
    detail: SOURCES_DETAIL,
    options: [
      { name: 'entryPoint', value: 'NAME', summary: 'where the client connects' },
      { name: 'sni', value: 'NAME', summary: 'the server name that it asks for, with TLS' },
      { name: 'alpn', value: 'A,B', summary: 'the protocols that it offers, with TLS' },
      { name: 'tls', value: '', summary: 'it speaks TLS, without a server name' },
      { name: 'ip', value: 'ADDRESS', summary: 'where it comes from; 127.0.0.1 unless said' },
      ...SOURCES,
    ],
    words: [],
    takesFiles: true,
    isConfigured: true,
    codes: '0 it reaches a server, 1 it does not, 2 bad usage or configuration',
  },
  {
    name: 'preflight',
    usage: '[options]',
    summary: 'try the sources, files and ports that are needed to run, and name what is missing',
    detail:
      'It asks Docker, Swarm and Consul each question once that discovery asks, and takes and gives back the ports.',
    options: [DOCKER, SWARM, CONSUL, JSON_OUT],
    words: [],
    takesFiles: false,
    isConfigured: true,
    codes: '0 all is there, 1 something is missing, 2 bad configuration',
  },
  {
    name: 'healthcheck',
    usage: '[options]',
    summary: 'ask a running Sluice of the same configuration for /ping',
    detail: '',
    options: [],
    words: [],
    takesFiles: false,
    isConfigured: true,
    codes: '0 it answers, 1 it does not, 2 bad configuration',
  },
  {
    name: 'schema',
    usage: '[dynamic | static]',
    summary: 'print the JSON Schema of such a file',
    detail: '',
    options: [],
    words: ['dynamic', 'static'],
    takesFiles: false,
    isConfigured: false,
    codes: '0 printed, 2 bad usage',
  },
  {
    name: 'completion',
    usage: 'bash | zsh | fish',
    summary: 'print what completes these commands in a shell',
    detail: `bash: source <(sluice completion bash)
zsh:  sluice completion zsh > "\${fpath[1]}/_sluice"
fish: sluice completion fish > ~/.config/fish/completions/sluice.fish`,
    options: [],
    words: ['bash', 'zsh', 'fish'],
    takesFiles: false,
    isConfigured: false,
    codes: '0 printed, 2 bad usage',
  },
  {
    name: 'version',
    usage: '',
    summary: 'say which version this is',
    detail: '',
    options: [],
    words: [],
    takesFiles: false,
    isConfigured: false,
    codes: '0 said',
  },
  {
    name: 'help',
    usage: '[COMMAND]',
    summary: 'say how a command is used, or list all options',
    detail: '',
    options: [],
    words: [],
    takesFiles: false,
    isConfigured: false,
    codes: '0 said, 2 bad usage',
  },
];

export const commandOf = (name: string): CommandInfo | undefined =>
  COMMANDS.find((command) => command.name === name);
