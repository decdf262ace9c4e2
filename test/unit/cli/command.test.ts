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
  // The options' reader refuses it.
  [['check', '--ping'], { kind: 'run', argv: ['check', '--ping'] }],
];

for (const [words, command] of CASES) {
  test(`"sluice ${words.join(' ')}" is ${command.kind}`, () => {
    assert.deepEqual(parseCommand(words), command);
  });
}
