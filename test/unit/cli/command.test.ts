import assert from 'node:assert/strict';
import test from 'node:test';
import { parseCommand, type Command } from '../../../src/cli/command.js';

const CASES: readonly (readonly [words: readonly string[], command: Command])[] = [
  [[], { kind: 'run', argv: [] }],
  [['--ping'], { kind: 'run', argv: ['--ping'] }],
  [['sluice', '--ping'], { kind: 'run', argv: ['--ping'] }],
  [['traefik', '--ping'], { kind: 'run', argv: ['--ping'] }],
  [['healthcheck', '--ping'], { kind: 'healthcheck', argv: ['--ping'] }],
  [['version'], { kind: 'version' }],
  [['--version'], { kind: 'version' }],
  [['--ping', '--help'], { kind: 'help' }],
  [['-h'], { kind: 'help' }],
  [['healthcheck', '-help'], { kind: 'help' }],
  [['check', '--ping'], { kind: 'check', isJson: false, files: [], only: [], argv: ['--ping'] }],
  [
    ['check', 'a.yml', '--json', 'b', '--docker'],
    { kind: 'check', isJson: true, files: ['a.yml', 'b'], only: ['docker'], argv: [] },
  ],
  [['route', '--sni=a'], { kind: 'usage', problem: 'route needs --entryPoint=NAME' }],
  [
    ['route', '--entryPoint', 'db', '--sni=a.test', '--alpn=h2,h3', '--ip', '::1', 'x.yml'],
    {
      ...{ kind: 'route', entryPoint: 'db', sni: 'a.test', alpn: ['h2', 'h3'], isTls: true },
      ...{ ip: '::1', files: ['x.yml'], only: [], argv: [] },
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
