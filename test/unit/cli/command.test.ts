import assert from 'node:assert/strict';
import test from 'node:test';
import { commandOf } from '../../../src/cli/commands.js';
import { parseCommand, type Command, type Sources } from '../../../src/cli/command.js';

const NO_SOURCES: Sources = { files: [], only: [], compose: [], profiles: [], argv: [] };

const CASES: readonly (readonly [words: readonly string[], command: Command])[] = [
  [[], { kind: 'run', argv: [] }],
  [['--ping'], { kind: 'run', argv: ['--ping'] }],
  [['sluice', '--ping'], { kind: 'run', argv: ['--ping'] }],
  [['traefik', '--ping'], { kind: 'run', argv: ['--ping'] }],
  [['healthcheck', '--ping'], { kind: 'healthcheck', argv: ['--ping'] }],
  [['version'], { kind: 'version' }],
  [['--version'], { kind: 'version' }],
  [['--ping', '--help'], { kind: 'help', about: undefined }],
  [['-h'], { kind: 'help', about: undefined }],
  [['healthcheck', '-help'], { kind: 'help', about: commandOf('healthcheck') }],
  [['help'], { kind: 'help', about: undefined }],
  [['help', 'route'], { kind: 'help', about: commandOf('route') }],
  [
    ['help', 'me'],
    {
      kind: 'usage',
      problem:
        'help knows check, explain, route, preflight, healthcheck, schema, completion, version, help',
    },
  ],
  [['completion', 'zsh'], { kind: 'completion', shell: 'zsh' }],
  [
    ['completion'],
    { kind: 'usage', problem: 'completion is written sluice completion bash, zsh or fish' },
  ],
  [
    ['chekc', '--docker'],
    { kind: 'usage', problem: 'there is no command "chekc": did you mean check?' },
  ],
  [['check', '--jsno'], { kind: 'usage', problem: 'check has no --jsno: did you mean --json?' }],
  [
    ['route', '--entrypoint=x'],
    { kind: 'usage', problem: 'route has no --entrypoint: did you mean --entryPoint?' },
  ],
  [['check', '--ping'], { ...NO_SOURCES, kind: 'check', isJson: false, argv: ['--ping'] }],
  [
    ['check', 'a.yml', '--json', 'b', '--docker'],
    { ...NO_SOURCES, kind: 'check', isJson: true, files: ['a.yml', 'b'], only: ['docker'] },
  ],
  [
    ['check', '--compose', 'a', '--compose=b', '--profile=dev', '--profile', 'x'],
    {
      ...NO_SOURCES,
      ...{ kind: 'check', isJson: false, compose: ['a', 'b'], profiles: ['dev', 'x'] },
    },
  ],
  [
    ['explain', 'db', '--docker', 'x.yml', '--json'],
    {
      ...NO_SOURCES,
      ...{ kind: 'explain', name: 'db', isJson: true, files: ['x.yml'], only: ['docker'] },
    },
  ],
  [
    ['explain', '--docker'],
    { kind: 'usage', problem: 'explain needs the name of a container, service or router' },
  ],
  [
    ['preflight', '--consul', '--json', '--ping'],
    { kind: 'preflight', isJson: true, only: ['consul'], argv: ['--ping'] },
  ],
  [
    ['preflight', '--swarm', '--docker'],
    { kind: 'preflight', isJson: false, only: ['docker', 'swarm'], argv: [] },
  ],
  [['preflight', 'x'], { kind: 'usage', problem: 'preflight takes no files, such as "x"' }],
  [['schema'], { kind: 'schema', name: 'dynamic' }],
  [['schema', 'static'], { kind: 'schema', name: 'static' }],
  [
    ['schema', 'yaml'],
    { kind: 'usage', problem: 'schema is written sluice schema static, or sluice schema dynamic' },
  ],
  [['route', '--sni=a'], { kind: 'usage', problem: 'route needs --entryPoint=NAME' }],
  [
    ['route', '--entryPoint', 'db', '--sni=a.test', '--alpn=h2,h3', '--ip', '::1', 'x.yml'],
    {
      ...NO_SOURCES,
      ...{ kind: 'route', entryPoint: 'db', sni: 'a.test', alpn: ['h2', 'h3'], isTls: true },
      ...{ ip: '::1', files: ['x.yml'] },
    },
  ],
  // The options' reader refuses it.
  [['serve', '--ping'], { kind: 'run', argv: ['serve', '--ping'] }],
];

for (const [words, command] of CASES) {
  test(`"sluice ${words.join(' ')}" is ${command.kind}`, () => {
    assert.deepEqual(parseCommand(words), command);
  });
}

test('the value of a flag of the static configuration may be a word of its own, and is no file', () => {
  const read = (...words: readonly string[]) => {
    const command = parseCommand(words);
    return command.kind === 'check' ? [command.files, command.argv] : command;
  };
  assert.deepEqual(read('check', '--log.level', 'DEBUG', 'a.yml'), [
    ['a.yml'],
    ['--log.level', 'DEBUG'],
  ]);
  assert.deepEqual(read('check', '--providers.docker', 'a.yml'), [
    ['a.yml'],
    ['--providers.docker'],
  ]);
  assert.deepEqual(read('check', '--configFile', 's.yml', '--log.level=INFO', 'a.yml'), [
    ['a.yml'],
    ['--configFile', 's.yml', '--log.level=INFO'],
  ]);
});
