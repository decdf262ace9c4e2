import { Card, type Shown } from './card.js';
import { byId, Children, make, setAttribute, setHidden, setText } from './dom.js';
import { Lines, type Line } from './lines.js';
import { pathOf } from './paths.js';
import { COLUMNS, type Column, type Node, type Picture } from './picture.js';
import type { Rates } from './rates.js';
import { countText } from './words.js';

/** So many cards a column at first, and more each time that somebody asks. */
const FIRST = 40;
const MORE = 100;
/** Of a path that is looked at, so many more come into view. */
const MOST_OF_PATH = 200;

export interface PictureShown {
  readonly picture: Picture;
  readonly rates: Rates;
  /** IDs; undefined: all. */
  readonly wanted: ReadonlySet<string> | undefined;
  readonly selected: string | undefined;
}

interface ColumnView {
  readonly cards: Children<Shown>;
  readonly list: HTMLElement;
  readonly count: HTMLElement;
  readonly more: HTMLButtonElement;
  readonly empty: HTMLElement;
  limit: number;
}

/** The picture: four columns of cards, the lines between them, and what stands beside them. */
export class Columns {
  readonly #area = byId('picture');
  readonly #columns: ReadonlyMap<Column | 'extra', ColumnView>;
  readonly #lines = new Lines(this.#area);
  #shown: PictureShown | undefined;
  /** Pointed at, or focused. */
  #lookedAt: string | undefined;

  constructor() {
    const views = [...COLUMNS, 'extra' as const].map((name) => [name, columnView(name)] as const);
    this.#columns = new Map(views);
    for (const [, view] of views) {
      view.more.addEventListener('click', () => {
        const { length } = view.list.children;
        view.limit += MORE;
        if (this.#shown) this.show(this.#shown);
        view.list.children[length]?.querySelector('button')?.focus();
      });
    }
    const extras = this.#columns.get('extra')?.list;
    for (const place of [this.#area, extras]) {
      place?.addEventListener('pointerover', (event) => this.#lookAt(event.target));
      place?.addEventListener('pointerleave', () => this.#lookAt(null));
      place?.addEventListener('focusin', (event) => this.#lookAt(event.target));
      place?.addEventListener('focusout', () => this.#lookAt(null));
    }
    this.#area.addEventListener('keydown', (event) => this.#step(event));
    new ResizeObserver(() => this.#lines.place()).observe(this.#area);
  }

  show(shown: PictureShown): void {
    this.#shown = shown;
    const { picture, selected } = shown;
    const path = selected === undefined ? undefined : pathOf(picture, [selected]);
    const visible: Partial<Record<Column, readonly Node[]>> = {};
    for (const column of COLUMNS) {
      visible[column] = this.#showColumn(column, picture.columns[column], path, shown);
    }
    this.#showColumn('extra', picture.extras, path, shown);
    this.#lines.show(linesOf(visible, shown), (id) => this.#elementOf(id));
    this.#highlight();
  }

  #showColumn(
    name: Column | 'extra',
    nodes: readonly Node[],
    path: ReadonlySet<string> | undefined,
    { rates, wanted, selected }: PictureShown,
  ): readonly Node[] {
    const view = this.#columns.get(name);
    if (view === undefined) return [];
    const asked = wanted === undefined ? nodes : nodes.filter(({ id }) => wanted.has(id));
    const visible = cut(asked, view.limit, path);
    view.cards.show(
      visible.map((node) => ({
        node,
        moving: rates.of(node.id),
        isSelected: node.id === selected,
      })),
    );
    const isFiltered = asked.length < nodes.length;
    const all = countText(nodes.length);
    setText(view.count, isFiltered ? `${countText(asked.length)} of ${all}` : all);
    const hidden = asked.length - visible.length;
    setHidden(view.more, hidden <= 0);
    setText(view.more, `Show ${countText(Math.min(MORE, hidden))} more of ${countText(hidden)}`);
    setHidden(view.empty, visible.length > 0);
    setText(view.empty, isFiltered ? 'Nothing that is searched for' : EMPTY[name]);
    return visible;
  }

  #elementOf(id: string): HTMLElement | undefined {
    for (const { cards } of this.#columns.values()) {
      const element = cards.elementOf(id);
      if (element) return element;
    }
    return undefined;
  }

  /** The button of a card, if it is shown. */
  buttonOf(id: string): HTMLButtonElement | undefined {
    return this.#elementOf(id)?.querySelector('button') ?? undefined;
  }

  #lookAt(target: EventTarget | null): void {
    const card = target instanceof Element ? target.closest<HTMLElement>('[data-id]') : null;
    const id = card?.dataset['id'];
    if (id === this.#lookedAt) return;
    this.#lookedAt = id;
    this.#highlight();
  }

  #highlight(): void {
    if (this.#shown === undefined) return;
    const { picture, selected } = this.#shown;
    const id = this.#lookedAt ?? selected;
    const path = id === undefined || !picture.nodes.has(id) ? undefined : pathOf(picture, [id]);
    setAttribute(this.#area, 'data-highlighted', path && '');
    for (const { list } of this.#columns.values()) {
      for (const card of list.children) {
        const of = (card as HTMLElement).dataset['id'] ?? '';
        card.classList.toggle('is-on-path', path?.has(of) === true);
      }
    }
    this.#lines.highlight(path);
  }

  /** Arrows go from card to card: up and down in a column, left and right along the lines. */
  #step(event: KeyboardEvent): void {
    const card = (event.target as Element).closest<HTMLElement>('.card');
    if (
      card === null ||
      this.#shown === undefined ||
      event.altKey ||
      event.ctrlKey ||
      event.metaKey
    )
      return;
    const next = this.#next(card, event.key, this.#shown.picture);
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  }

  #next(card: HTMLElement, key: string, { nodes, from }: Picture): HTMLElement | undefined {
    const button = (element: Element | null) => element?.querySelector('button') ?? undefined;
    const id = card.dataset['id'] ?? '';
    const firstShown = (ids: readonly string[] = []) => {
      const shown = ids.find((each) => this.#area.contains(this.#elementOf(each) ?? null));
      return shown === undefined ? undefined : this.buttonOf(shown);
    };
    switch (key) {
      case 'ArrowDown':
        return button(card.nextElementSibling);
      case 'ArrowUp':
        return button(card.previousElementSibling);
      case 'ArrowRight':
        return firstShown(nodes.get(id)?.to);
      case 'ArrowLeft':
        return firstShown(from.get(id));
      case 'Home':
        return button(card.parentElement?.firstElementChild ?? null);
      case 'End':
        return button(card.parentElement?.lastElementChild ?? null);
      default:
        return undefined;
    }
  }
}

const EMPTY: Readonly<Record<Column | 'extra', string>> = {
  entryPoint: 'No entry point',
  router: 'No router yet: label a container, tag a service, or write a file',
  service: 'No service yet',
  server: 'No server yet',
  extra: 'None',
};

function columnView(name: Column | 'extra'): ColumnView {
  const list = byId(`${name}-list`);
  const more = make('button', { type: 'button', class: 'more', hidden: '' });
  const empty = make('p', { class: 'empty', hidden: '' });
  list.after(empty, more);
  return {
    cards: new Children<Shown>(
      list,
      ({ node }) => node.id,
      (shown) => new Card(shown),
    ),
    list,
    count: byId(`${name}-count`),
    more,
    empty,
    limit: FIRST,
  };
}

/** The first ones, and those of the path that somebody looks at. */
function cut(
  nodes: readonly Node[],
  limit: number,
  path: ReadonlySet<string> | undefined,
): readonly Node[] {
  if (nodes.length <= limit) return nodes;
  let left = MOST_OF_PATH;
  return nodes.filter(({ id }, index) => {
    if (index < limit) return true;
    if (path?.has(id) !== true || left === 0) return false;
    left -= 1;
    return true;
  });
}

function linesOf(
  visible: Readonly<Partial<Record<Column, readonly Node[]>>>,
  { picture, rates }: PictureShown,
): readonly Line[] {
  const shown = new Set(COLUMNS.flatMap((column) => visible[column] ?? []).map(({ id }) => id));
  const rateOf = (id: string) => {
    const { fromClients, toClients } = rates.of(id);
    return fromClients + toClients;
  };
  return COLUMNS.flatMap((column) => visible[column] ?? []).flatMap((left) =>
    left.to.flatMap((id) => {
      const right = picture.nodes.get(id);
      if (right === undefined || !shown.has(id)) return [];
      const rate = Math.min(rateOf(left.id), rateOf(id));
      return [{ id: `${left.id} → ${id}`, left, right, rate }];
    }),
  );
}
