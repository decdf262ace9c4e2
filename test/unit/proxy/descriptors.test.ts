import assert from 'node:assert/strict';
import test from 'node:test';
import { descriptorLimit, Descriptors } from '../../../src/proxy/descriptors.js';

function counted(limit: number) {
  const said: string[] = [];
  const descriptors = new Descriptors(limit, {
    fewLeft: (sockets) => said.push(`few left at ${sockets}`),
    enoughLeft: (sockets) => said.push(`enough left at ${sockets}`),
  });
  return { descriptors, said };
}

test('with 64 left it stops, with 128 left it goes on, and each is said once', () => {
  const { descriptors, said } = counted(1_024);
  for (let open = 0; open < 900; open += 1) descriptors.count(1);
  for (let open = 900; open > 800; open -= 1) descriptors.count(-1);
  // 64 are for what is not a socket.
  assert.deepEqual(said, ['few left at 896', 'enough left at 832']);
  assert.equal(descriptors.sockets, 800);
});

for (const limit of [16, 100, 256]) {
  test(`with a limit of ${limit} there is a number of sockets at which it goes on`, () => {
    const { descriptors, said } = counted(limit);
    for (let open = 0; open < limit; open += 1) descriptors.count(1);
    for (let open = limit; open > 0; open -= 1) descriptors.count(-1);
    assert.equal(said.length, 2);
  });
}

const limits = (soft: string) =>
  `Limit                     Soft Limit           Hard Limit           Units     \nMax processes             100                  100                  processes \nMax open files            ${soft}                 4096                 files     \n`;

const CASES: readonly (readonly [string, () => string, number])[] = [
  ['a number', () => limits('2048'), 2_048],
  ['unlimited', () => limits('unlimited'), 1_048_576],
  ['more than a process can have', () => limits('1073741816'), 1_048_576],
  ['not said', () => '', 1_024],
  [
    'not to be read',
    () => {
      throw new Error('ENOENT');
    },
    1_024,
  ],
];

for (const [name, read, expected] of CASES) {
  test(`a limit that is ${name} counts as ${expected}`, () => {
    assert.equal(descriptorLimit(read), expected);
  });
}
