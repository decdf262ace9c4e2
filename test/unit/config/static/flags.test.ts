import assert from 'node:assert/strict';
import test from 'node:test';
import { parseFlags } from '../../../../src/config/static/flags.js';

const options = (...argv: readonly string[]) =>
  parseFlags(argv).options.map(({ path, value }) => [path.join(' '), value]);

const codes = (...argv: readonly string[]) =>
  parseFlags(argv).diagnostics.map(({ code, at }) => [code, at.kind === 'static' && at.option]);

const READ: readonly (readonly [name: string, argv: readonly string[], options: unknown])[] = [
  [
    'one or two dashes',
    ['-ping', '--ping'],
    [
      ['ping', 'true'],
      ['ping', 'true'],
    ],
  ],
  ['a value after =', ['--log.level=DEBUG'], [['log level', 'DEBUG']]],
  ['a value that is the next word', ['--log.level', 'DEBUG'], [['log level', 'DEBUG']]],
  [
    'a value apart below a map',
    ['--entryPoints.web.address', ':80'],
    [['entryPoints web address', ':80']],
  ],
  ['an empty value', ['--log.level='], [['log level', '']]],
  ['a value with = in it', ['--api.token=a=b'], [['api token', 'a=b']]],
  [
    'a value of several lines',
    ['--providers.docker.tls.ca=a\nb'],
    [['providers docker tls ca', 'a\nb']],
  ],
  [
    'a negative value and a PEM text apart',
    ['--tcpServersTransport.terminationDelay', '-1s', '--providers.docker.tls.ca', '-----BEGIN X'],
    [
      ['tcpServersTransport terminationDelay', '-1s'],
      ['providers docker tls ca', '-----BEGIN X'],
    ],
  ],
  [
    'a boolean that is not followed',
    ['--api.insecure', '--ping'],
    [
      ['api insecure', 'true'],
      ['ping', 'true'],
    ],
  ],
  [
    'the value of an unknown option apart',
    ['--nope.x', '1', '--ping'],
    [
      ['nope x', '1'],
      ['ping', 'true'],
    ],
  ],
  ['an index', ['--a.b[0].c=v'], [['a b [0] c', 'v']]],
  ['names in any case', ['--LOG.LEVEL', 'x'], [['LOG LEVEL', 'x']]],
  ['nothing after --', ['--ping', '--'], [['ping', 'true']]],
];

for (const [name, argv, expected] of READ) {
  test(`flags: ${name}`, () => {
    assert.deepEqual(options(...argv), expected);
    assert.deepEqual(codes(...argv), []);
  });
}

const REFUSED: readonly (readonly [name: string, argv: readonly string[], codes: unknown])[] = [
  ['a stray word', ['check'], [['syntax', 'check']]],
  ['a word after a boolean', ['--ping', 'true'], [['syntax', 'true']]],
  ['a word after --', ['--', '--ping'], [['syntax', '--ping']]],
  ['three dashes', ['---ping'], [['syntax', '---ping']]],
  ['a name that begins with =', ['--=x'], [['syntax', '--=x']]],
  ['a value that is missing at the end', ['--log.level'], [['missing', '--log.level']]],
  ['an option in place of a value', ['--log.level', '--ping'], [['missing', '--log.level']]],
  ['a missing file name', ['--configFile'], [['missing', '--configFile']]],
  [
    'an empty part of a name',
    ['--entryPoints..address=:80'],
    [['syntax', '--entryPoints..address']],
  ],
  ['a name without end', [`--a${'.a'.repeat(9_000)}`], [['syntax', `--a${'.a'.repeat(9_000)}`]]],
];

for (const [name, argv, expected] of REFUSED) {
  test(`flags: ${name} is refused`, () => assert.deepEqual(codes(...argv), expected));
}

test('a boolean that a word follows is told how to be written', () => {
  assert.equal(parseFlags(['--ping', 'true']).diagnostics[0]?.fix, 'write --ping=true');
});

test('the file is found in both spellings, apart and attached, and the last one counts', () => {
  assert.equal(parseFlags(['--configFile=a.yml']).configFile, 'a.yml');
  assert.equal(parseFlags(['--configfile', 'a.yml']).configFile, 'a.yml');
  assert.equal(parseFlags(['-configFile=a.yml', '--ConfigFile=b.yml']).configFile, 'b.yml');
});
