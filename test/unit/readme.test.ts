import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { DIAGNOSTIC_CODES } from '../../src/config/diagnostic-codes.js';
import { SERVER_ADVICE } from '../../src/proxy/server-advice.js';
import { END_REASONS } from '../../src/telemetry/end-reasons.js';

const lines = readFileSync('README.md', 'utf8').split('\n');

/** The rows of the table under this head line. */
function rowsUnder(head: string): readonly string[] {
  const at = lines.indexOf(head);
  assert.notEqual(at, -1, `no table ${head}`);
  const rest = lines.slice(at + 2);
  return rest.slice(0, rest.indexOf(''));
}

const dash = (text: string) => (text === '' ? '–' : text);

test('the README has every reason for the end of a connection, what it means and what to do', () => {
  assert.deepEqual(
    rowsUnder('| `reason` | `phase` | `by` | it means | what to do |'),
    Object.entries(END_REASONS).map(
      ([reason, { phase, by, means, fix }]) =>
        `| \`${reason}\` | ${phase} | ${reason === 'done' ? 'who finished first' : by} | ${means} | ${dash(fix)} |`,
    ),
  );
});

test('the README has every reason why a server is not reached, and what to do', () => {
  assert.deepEqual(
    rowsUnder('| `why` | what to do |'),
    Object.entries(SERVER_ADVICE).map(([why, fix]) => `| \`${why}\` | ${dash(fix)} |`),
  );
});

test('the README has every code of a finding, what it means and what to do', () => {
  assert.deepEqual(
    rowsUnder('| `code` | it means | what to do |'),
    Object.entries(DIAGNOSTIC_CODES).map(
      ([code, { means, fix }]) => `| \`${code}\` | ${means} | ${fix} |`,
    ),
  );
});
