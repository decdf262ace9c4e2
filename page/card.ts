import { Children, make, setAttribute, setHidden, setText, type View } from './dom.js';
import { icon, setIcon, SEVERITY_SHAPES } from './icons.js';
import type { Finding } from './answers.js';
import { isBeside, type Chip, type Node } from './picture.js';
import type { Moving } from './rates.js';
import { Sparkline } from './sparkline.js';
import { countText, nameParts, rateText } from './words.js';

/** A node as it is shown now. */
export interface Shown {
  readonly node: Node;
  readonly moving: Moving;
  readonly isSelected: boolean;
}

/** So many findings stand on a card; all of them beside it when it is chosen. */
const MOST_FINDINGS = 2;

let cards = 0;

/** One object of the picture. */
export class Card implements View<Shown> {
  readonly element: HTMLElement;
  readonly #button: HTMLButtonElement;
  readonly #stateIcon = icon('idle');
  readonly #stateText = make('span');
  readonly #what = make('p', { class: 'what' });
  readonly #figures: FiguresLine;
  readonly #chips: HTMLElement;
  readonly #chipList: Children<Chip>;
  readonly #findings: HTMLElement;
  readonly #findingList: Children<Finding>;
  readonly #more = make('p', { class: 'more-findings' });

  constructor({ node }: Shown) {
    cards += 1;
    const stateId = `state-${cards}`;
    const [name, provider] = node.kind === 'server' ? [node.name, ''] : nameParts(node.name);
    this.#button = make(
      'button',
      { type: 'button', 'data-choose': node.id, 'aria-describedby': stateId, title: node.name },
      make('span', { class: 'name' }, name),
      provider === '' ? undefined : make('span', { class: 'provider' }, provider),
    );
    this.#figures = new FiguresLine();
    this.#chips = make('ul', { class: 'chips' });
    this.#chipList = new Children(this.#chips, ({ text }) => text, chipView);
    this.#findings = make('ul', { class: 'card-findings' });
    this.#findingList = new Children(this.#findings, ({ id }) => id, findingLine);
    this.element = make(
      'li',
      { class: 'card', 'data-id': node.id },
      make(
        'div',
        { class: 'card-head' },
        // Columns have headings of their own; what stands beside them has not.
        make(isBeside(node) ? 'h3' : 'h4', { class: 'card-name' }, this.#button),
        make('p', { class: 'state', id: stateId }, this.#stateIcon, this.#stateText),
      ),
      this.#what,
      this.#chips,
      this.#figures.element,
      this.#findings,
      this.#more,
    );
  }

  update({ node, moving, isSelected }: Shown): void {
    setAttribute(this.element, 'data-state', node.state);
    setAttribute(this.#button, 'aria-pressed', String(isSelected));
    setIcon(this.#stateIcon, node.state);
    setText(this.#stateText, node.stateText);
    setText(this.#what, node.what);
    setHidden(this.#what, node.what === '');
    setHidden(this.#chips, node.chips.length === 0);
    this.#chipList.show(node.chips);
    this.#figures.update(moving);
    // Infos are for whoever looks closer.
    const pressing = node.findings.filter(({ severity }) => severity !== 'info');
    const rest = node.findings.length - Math.min(pressing.length, MOST_FINDINGS);
    setHidden(this.#findings, pressing.length === 0);
    this.#findingList.show(pressing.slice(0, MOST_FINDINGS));
    setHidden(this.#more, rest === 0);
    setText(this.#more, restText(rest, pressing.length));
  }
}

function restText(rest: number, pressing: number): string {
  if (pressing > MOST_FINDINGS) return `and ${countText(rest)} more`;
  return rest === 1 ? '1 note' : `${countText(rest)} notes`;
}

/** Open connections, and bytes each way. */
export class FiguresLine {
  readonly element: HTMLElement;
  readonly #open = make('span', { class: 'open' });
  readonly #fromClients = new Way('up', ' from clients, ');
  readonly #toClients = new Way('down', ' to clients');
  /** Of what does not move, one figure is enough. */
  readonly #rest = make('span', {}, rateText(0));
  readonly #failures = make('span', { class: 'failures' });
  readonly #sparkline = new Sparkline();

  constructor() {
    this.element = make(
      'p',
      { class: 'figures' },
      this.#open,
      make('span', { class: 'unseen' }, ', '),
      this.#rest,
      this.#fromClients.element,
      this.#toClients.element,
      this.#failures,
      this.#sparkline.element,
    );
  }

  update({ open, fromClients, toClients, dialFailures, history }: Moving): void {
    const isMoving = fromClients + toClients > 0;
    setText(this.#open, `${countText(open)} open`);
    setHidden(this.#rest, isMoving);
    this.#fromClients.update(fromClients, isMoving);
    this.#toClients.update(toClients, isMoving);
    setHidden(this.#failures, dialFailures === 0);
    const dials = dialFailures === 1 ? 'dial' : 'dials';
    setText(this.#failures, `${countText(dialFailures)} failed ${dials}`);
    this.#sparkline.update(history);
    this.element.classList.toggle('is-at-rest', open === 0 && !isMoving);
  }
}

/** Bytes one way. */
class Way {
  readonly element: HTMLElement;
  readonly #value = make('span');

  /** `words` for who does not see which way the arrow points. */
  constructor(shape: 'up' | 'down', words: string) {
    const told = make('span', { class: 'unseen' }, words);
    this.element = make('span', { class: 'rate' }, icon(shape), this.#value, told);
  }

  update(rate: number, isShown: boolean): void {
    setHidden(this.element, !isShown);
    setText(this.#value, rateText(rate));
  }
}

function chipView(chip: Chip): View<Chip> {
  const content =
    chip.node === undefined
      ? make('span', { class: 'chip' }, chip.text)
      : make('button', { class: 'chip', type: 'button', 'data-choose': chip.node }, chip.text);
  return {
    element: make('li', {}, content),
    update({ isBad = false }) {
      content.classList.toggle('is-bad', isBad);
    },
  };
}

function findingLine({ severity, message, code }: Finding): View<Finding> {
  return {
    element: make(
      'li',
      { class: 'card-finding', 'data-severity': severity, title: code },
      icon(SEVERITY_SHAPES[severity]),
      make('span', { class: 'unseen' }, `${severity}: `),
      make('span', {}, message),
    ),
    update() {},
  };
}
