import type { Case } from './cases.js';
import type { Contender } from './contenders.js';
import type { Wall } from './load.js';

/** What was measured once. */
export interface Sample {
  readonly of: Case;
  readonly rep: number;
  readonly contender: string;
  readonly figure: number;
  readonly wall?: Wall;
}

/** Prints a case: medians, and the ratio to the first contender within each repetition. */
export function report(of: Case, contenders: readonly Contender[], all: readonly Sample[]): void {
  const samples = all.filter((sample) => sample.of === of);
  const [first] = contenders;
  const yardstick = samples.filter(({ contender }) => contender === first?.name);
  console.log(`\n${of.name}: ${of.title}`);
  const columns = [of.unit, `x ${first?.name ?? ''}`, 'from', 'to', ...Object.keys(of.wall)];
  console.log(row('', columns));
  for (const { name } of contenders) {
    const own = samples.filter(({ contender }) => contender === name);
    const ratios = own.map(({ rep, figure }) => {
      const other = yardstick.find((sample) => sample.rep === rep);
      return other ? figure / other.figure : NaN;
    });
    const walls = own.flatMap(({ wall }) => wall ?? []);
    const figures = [
      median(own.map(({ figure }) => figure)),
      median(ratios),
      Math.min(...ratios),
      Math.max(...ratios),
      ...Object.values(of.wall).map((read) => median(walls.map(read))),
    ];
    console.log(row(name, figures.map(rounded)) + (name === 'sluice' ? `   aim ${of.aim}` : ''));
  }
}

export const row = (name: string, cells: readonly string[]) =>
  `  ${name.padEnd(16)}${cells.map((cell) => cell.padStart(13)).join('')}`;

export const rounded = (figure: number) =>
  figure >= 1_000 ? Math.round(figure).toLocaleString('en') : figure.toPrecision(3);

export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? NaN) + upper) / 2 : upper;
}
