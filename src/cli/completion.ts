import { staticSchema } from '../config/static/schema.js';
import { COMMANDS, type CommandInfo, type CommandOption } from './commands.js';
import { listOptions } from './option-list.js';
import type { Shell } from './shells.js';

/** What completes `sluice` in a shell: commands, their options and words, files, static options. */
export function completion(shell: Shell): string {
  return SCRIPTS[shell]();
}

const SCRIPTS: Readonly<Record<Shell, () => string>> = { bash, zsh, fish };

const HELP: CommandOption = { name: 'help', value: '', summary: 'say how it is used' };

/** Those of the static configuration; what has a name of the user's in it cannot be listed. */
const staticOptions = (): readonly CommandOption[] => [
  { name: 'configFile', value: 'FILE', summary: 'read this file' },
  ...listOptions(staticSchema)
    .filter(({ path }) => !path.includes('<'))
    .map(({ path, value, summary }) => ({ name: path, value, summary })),
];

const optionsOf = ({ options, isConfigured }: CommandInfo): readonly CommandOption[] => [
  ...options,
  HELP,
  ...(isConfigured ? staticOptions() : []),
];

/** With its value to follow. */
const written = ({ name, value }: CommandOption) => `--${name}${value === '' ? '' : '='}`;

const isOfFile = ({ value }: CommandOption) => value === 'FILE';

const fileOptions = () =>
  [...new Set([...staticOptions(), ...COMMANDS.flatMap(({ options }) => options)].filter(isOfFile))]
    .map(({ name }) => `--${name}`)
    .filter((name, place, all) => all.indexOf(name) === place);

/** Bash cuts words at `=`, so that a value comes as a word of its own. */
function bash(): string {
  const cases = COMMANDS.map((command) => {
    const words = [...command.words, ...optionsOf(command).map(written)].join(' ');
    return `    ${command.name}) words='${words}'; files=${command.takesFiles ? 'yes' : ''} ;;`;
  });
  const first = [...COMMANDS.map(({ name }) => name), ...[HELP, ...staticOptions()].map(written)];
  return `# bash completion of sluice
_sluice() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" words='' files=''
  COMPREPLY=()
  if [[ $cur == = ]]; then prev=$cur; cur=''; fi
  if [[ $prev == = ]]; then
    case "\${COMP_WORDS[COMP_CWORD-2]} \${COMP_WORDS[COMP_CWORD-1]}" in
      ${fileOptions()
        .map((name) => `*${name}*`)
        .join('|')}) files=yes ;;
      *) return ;;
    esac
  elif [[ $COMP_CWORD -eq 1 ]]; then
    words='${first.join(' ')}'
  else
    case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words='${staticOptions().map(written).join(' ')}' ;;
    esac
  fi
  local IFS=$' \\n'
  COMPREPLY=( $(compgen -W "$words" -- "$cur") )
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
  if [[ $files && $cur != -* ]]; then
    local IFS=$'\\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY+=( $(compgen -f -- "$cur") )
  fi
}
complete -F _sluice sluice
`;
}

/** Zsh splits a description at the first colon that is not escaped. */
const zshWord = (word: string, summary: string) =>
  `'${word.replaceAll(':', '\\:')}:${summary.replaceAll("'", "'\\''")}'`;

function zsh(): string {
  const described = (options: readonly CommandOption[]) =>
    options.map((option) => `      ${zshWord(written(option), option.summary)}`).join('\n');
  const cases = COMMANDS.map(
    (command) => `    ${command.name})
      words_=(${command.words.join(' ')})
      options=(
${described(optionsOf(command))}
      )
      files=${command.takesFiles ? 'yes' : ''} ;;`,
  );
  return `#compdef sluice
_sluice() {
  local -a commands options words_
  local files=''
  commands=(
${COMMANDS.map(({ name, summary }) => `      ${zshWord(name, summary)}`).join('\n')}
  )
  if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then
    _describe -t commands command commands
    return
  fi
  if [[ $PREFIX == (${fileOptions().join('|')})=* ]]; then
    compset -P '*='
    _files
    return
  fi
  case $words[2] in
${cases.join('\n')}
    *)
      options=(
${described([HELP, ...staticOptions()])}
      ) ;;
  esac
  (( $#words_ )) && compadd -a words_
  _describe -o -t options option options -S ''
  [[ -n $files && $PREFIX != -* ]] && _files
}
if [[ $funcstack[1] == _sluice ]]; then _sluice "$@"; else compdef _sluice sluice; fi
`;
}

function fish(): string {
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const option = (condition: string, one: CommandOption) =>
    [
      `complete -c sluice -n ${quoted(condition)} -l ${one.name}`,
      ...(one.value === '' ? [] : [isOfFile(one) ? '-r -F' : '-x']),
      `-d ${quoted(one.summary)}`,
    ].join(' ');
  const names = COMMANDS.map(({ name }) => name).join(' ');
  const lines = COMMANDS.flatMap((command) => {
    const { name, summary, words, takesFiles, options } = command;
    const inside = `__fish_seen_subcommand_from ${name}`;
    return [
      `complete -c sluice -n '__fish_use_subcommand' -a ${name} -d ${quoted(summary)}`,
      ...(words.length === 0 ? [] : [`complete -c sluice -n '${inside}' -a '${words.join(' ')}'`]),
      ...(takesFiles ? [`complete -c sluice -n '${inside}' -F`] : []),
      ...[...options, HELP].map((one) => option(inside, one)),
    ];
  });
  const configured = COMMANDS.filter(({ isConfigured }) => !isConfigured).map(({ name }) => name);
  const isConfigured = `not __fish_seen_subcommand_from ${configured.join(' ')}`;
  return `# fish completion of sluice: ${names}
complete -c sluice -f
${lines.join('\n')}
${staticOptions()
  .map((one) => option(isConfigured, one))
  .join('\n')}
`;
}
