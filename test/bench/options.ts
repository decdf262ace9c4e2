import { parseArgs } from 'node:util';
import { CASES, type Case } from './cases.js';
import { PEERS, SLUICE, SLUICE_ON_THIS_NODE, type Contender } from './contenders.js';

export type CaseName = Case['name'] | (typeof OTHERS)[number];

export interface Options {
  readonly reps: number;
  readonly cases: readonly CaseName[];
  readonly contenders: readonly Contender[];
}

const OTHERS = ['strangers', 'discovery', 'scale'] as const;
const NAMES: readonly CaseName[] = [...CASES.map(({ name }) => name), ...OTHERS];

/** `--reps=N` repetitions, `--only=CASE,CASE`, `--this-node`: Sluice also on the Node that runs this. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      reps: { type: 'string', default: '5' },
      only: { type: 'string' },
      'this-node': { type: 'boolean', default: false },
    },
  });
  const reps = Number(values.reps);
  if (!Number.isInteger(reps) || reps < 1) throw new Error(`--reps: ${values.reps} is no number`);
  const wanted = values.only?.split(',') ?? NAMES;
  const cases = NAMES.filter((name) => wanted.includes(name));
  if (cases.length < wanted.length) throw new Error(`--only: cases are ${NAMES.join(', ')}`);
  const own = values['this-node'] ? [SLUICE, SLUICE_ON_THIS_NODE] : [SLUICE];
  return { reps, cases, contenders: [...PEERS, ...own] };
}
