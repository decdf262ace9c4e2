import { drawn } from './dom.js';

const WIDTH = 60;
const HEIGHT = 16;

/** The last two minutes in a small line. */
export class Sparkline {
  readonly element = drawn('svg', {
    class: 'sparkline',
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: 'none',
    'aria-hidden': 'true',
    focusable: 'false',
  });
  readonly #path = drawn('path');

  constructor() {
    this.element.append(this.#path);
  }

  update(history: readonly number[]): void {
    const d = lineOf(history);
    if (this.#path.getAttribute('d') !== d) this.#path.setAttribute('d', d);
    this.element.classList.toggle('is-flat', d === '');
  }
}

function lineOf(history: readonly number[]): string {
  const most = Math.max(...history, 0);
  if (most === 0) return '';
  const left = WIDTH - history.length + 1;
  const points = history.map((rate, index) => {
    const y = HEIGHT - 1 - (rate / most) * (HEIGHT - 2);
    return `${left + index - 1} ${y.toFixed(1)}`;
  });
  return `M${points.join('L')}`;
}
