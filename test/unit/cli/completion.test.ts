import assert from 'node:assert/strict';
import test from 'node:test';
import { COMMANDS } from '../../../src/cli/commands.js';
import { completion } from '../../../src/cli/completion.js';
import { commandHelp, helpText } from '../../../src/cli/help.js';
import type { Shell } from '../../../src/cli/shells.js';

/** How an option is written in a script. */
const OPTION: Readonly<Record<Shell, (name: string) => string>> = {
  bash: (name) => `--${name}`,
  zsh: (name) => `'--${name}`,
  fish: (name) => ` -l ${name} `,
};

for (const shell of ['bash', 'zsh', 'fish'] as const) {
  test(`${shell} completes every command, its options and words, and the static options`, () => {
    const script = completion(shell);
    for (const { name, options, words } of COMMANDS) {
      assert.ok(script.includes(name), name);
      for (const option of options)
        assert.ok(script.includes(OPTION[shell](option.name)), option.name);
      for (const word of words) assert.ok(script.includes(word), word);
    }
    for (const path of ['configFile', 'providers.docker.endpoint', 'log.level']) {
      assert.ok(script.includes(OPTION[shell](path)), path);
    }
    assert.ok(!script.includes('<name>'));
  });
}

test('every command has a help of its own, and is in the help of all', () => {
  const all = helpText();
  for (const command of COMMANDS) {
    const text = commandHelp(command);
    assert.ok(text.startsWith(`sluice ${command.name}: `));
    assert.ok(text.includes(command.codes));
    for (const { name } of command.options) assert.ok(text.includes(`--${name}`), name);
    assert.ok(all.includes(`\n  ${command.name} `), command.name);
  }
});
