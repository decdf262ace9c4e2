import { drawn, setAttribute } from './dom.js';
import type { Node } from './picture.js';

/** A connection of two cards that are both shown. */
export interface Line {
  readonly id: string;
  readonly left: Node;
  readonly right: Node;
  /** Bytes per second. */
  readonly rate: number;
}

/** Where a line meets a card: at its name. */
const NAME_PX = 22;

/** The lines between the columns. They are for the eye: what they say, the cards say too. */
export class Lines {
  readonly #svg: SVGSVGElement;
  readonly #area: HTMLElement;
  readonly #paths = new Map<string, SVGPathElement>();
  #lines: readonly Line[] = [];
  #placeOf: (id: string) => HTMLElement | undefined = () => undefined;

  constructor(area: HTMLElement) {
    this.#area = area;
    this.#svg = drawn('svg', { class: 'lines', 'aria-hidden': 'true', focusable: 'false' });
    area.prepend(this.#svg);
  }

  show(lines: readonly Line[], placeOf: (id: string) => HTMLElement | undefined): void {
    this.#lines = lines;
    this.#placeOf = placeOf;
    const shown = new Set(lines.map(({ id }) => id));
    for (const [id, path] of this.#paths) {
      if (shown.has(id)) continue;
      path.remove();
      this.#paths.delete(id);
    }
    for (const line of lines) {
      const path = this.#paths.get(line.id) ?? drawn('path');
      if (!path.isConnected) this.#svg.append(path);
      this.#paths.set(line.id, path);
      const isMoving = line.rate > 0;
      setAttribute(path, 'data-state', stateOf(line));
      path.classList.toggle('is-moving', isMoving);
      setAttribute(path, 'stroke-width', widthOf(line.rate));
    }
    this.place();
  }

  /** All is read before anything is written: one layout. */
  place(): void {
    const area = this.#area.getBoundingClientRect();
    const placed = this.#lines.map(({ id, left, right }) => ({
      path: this.#paths.get(id),
      from: this.#placeOf(left.id)?.getBoundingClientRect(),
      to: this.#placeOf(right.id)?.getBoundingClientRect(),
      isWithin: left.kind === right.kind,
    }));
    for (const { path, from, to, isWithin } of placed) {
      if (path === undefined || from === undefined || to === undefined) continue;
      const x1 = from.right - area.left;
      const y1 = from.top - area.top + NAME_PX;
      const x2 = (isWithin ? to.right : to.left) - area.left;
      const y2 = to.top - area.top + NAME_PX;
      const bend = isWithin ? 28 : Math.max(20, (x2 - x1) / 2);
      const back = isWithin ? x2 + bend : x2 - bend;
      const d = [x1, y1, x1 + bend, y1, back, y2, x2, y2].map((at) => at.toFixed(1));
      setAttribute(path, 'd', `M${d.slice(0, 2).join(' ')}C${d.slice(2).join(' ')}`);
    }
  }

  /** Those between two of these are on the path that somebody looks at. */
  highlight(ids: ReadonlySet<string> | undefined): void {
    for (const { id, left, right } of this.#lines) {
      const isOnPath = ids !== undefined && ids.has(left.id) && ids.has(right.id);
      this.#paths.get(id)?.classList.toggle('is-on-path', isOnPath);
    }
  }
}

function stateOf({ left, right }: Line): string {
  for (const state of ['bad', 'leaving', 'idle'] as const) {
    if (left.state === state || right.state === state) return state;
  }
  return 'good';
}

const widthOf = (rate: number) => (1.5 + Math.log10(rate + 1) * 0.2).toFixed(1);
