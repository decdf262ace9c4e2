import type { Finding, OpenConnection } from './answers.js';
import { FiguresLine } from './card.js';
import { byId, make, setAttribute, setHidden, setText } from './dom.js';
import { findingArticle } from './finding-article.js';
import { icon, setIcon } from './icons.js';
import { isBeside, KIND_WORDS, type Fact, type Picture } from './picture.js';
import type { Moving } from './rates.js';
import { ageText, bytesText, countText } from './words.js';

const MOST_LINKS = 30;
const MOST_CONNECTIONS = 20;

/** All that is known of the object that is chosen. */
export class Details {
  readonly #aside = byId('details');
  readonly #kind = byId('details-kind');
  readonly #title = byId('details-title');
  readonly #body = byId('details-body');
  readonly #stateIcon = icon('idle');
  readonly #stateText = make('span');
  readonly #figures = new FiguresLine();
  readonly #connections = make('div', { class: 'connections' });
  /** What the body was made of. */
  #made = '';

  constructor() {
    byId('details-state').append(this.#stateIcon, this.#stateText);
    byId('details-state').after(this.#figures.element);
    this.#body.after(this.#connections);
  }

  /** Undefined: nothing is chosen. */
  show(picture: Picture, id: string | undefined, moving: Moving): void {
    const node = id === undefined ? undefined : picture.nodes.get(id);
    setHidden(this.#aside, id === undefined);
    document.body.classList.toggle('has-details', id !== undefined);
    if (id === undefined) return;
    if (node === undefined) {
      setText(this.#kind, '');
      setText(this.#title, id.slice(id.indexOf(':') + 1));
      setText(this.#stateText, 'not there (any more)');
      setIcon(this.#stateIcon, 'idle');
      setHidden(this.#figures.element, true);
      this.#make('', []);
      this.showConnections([]);
      return;
    }
    setText(this.#kind, KIND_WORDS[node.kind]);
    setText(this.#title, node.name);
    setAttribute(this.#aside, 'data-state', node.state);
    setIcon(this.#stateIcon, node.state);
    setText(this.#stateText, node.stateText);
    setHidden(this.#figures.element, isBeside(node));
    this.#figures.update(moving);
    const from = picture.from.get(node.id) ?? [];
    const facts = node.facts();
    const made = JSON.stringify([node.id, facts, node.findings, node.to, from]);
    if (made === this.#made) return;
    this.#make(made, [
      findingsOf(node.findings),
      factsOf(facts),
      links('From', from, picture),
      links(isBeside(node) ? 'Used by' : 'To', node.to, picture),
    ]);
  }

  #make(made: string, parts: readonly (HTMLElement | undefined)[]): void {
    if (made === this.#made && made !== '') return;
    this.#made = made;
    this.#body.replaceChildren(...parts.filter((part) => part !== undefined));
  }

  /** Of the chosen object, the oldest first. */
  showConnections(connections: readonly OpenConnection[]): void {
    if (connections.length === 0) {
      this.#connections.replaceChildren();
      return;
    }
    const rows = connections
      .slice(0, MOST_CONNECTIONS)
      .map(({ client, ageSeconds, sent, received, phase }) =>
        make(
          'tr',
          {},
          make('td', { class: 'mono' }, client),
          make('td', {}, phase === 'data' ? ageText(ageSeconds) : phase),
          make('td', {}, bytesText(sent)),
          make('td', {}, bytesText(received)),
        ),
      );
    const heads = ['Client', 'Age', 'From it', 'To it'].map((text) =>
      make('th', { scope: 'col' }, text),
    );
    const rest = connections.length - rows.length;
    this.#connections.replaceChildren(
      make('h3', {}, 'Open connections'),
      make('table', {}, make('thead', {}, make('tr', {}, ...heads)), make('tbody', {}, ...rows)),
      ...(rest > 0 ? [make('p', { class: 'hint' }, `and ${countText(rest)} more`)] : []),
    );
  }
}

function findingsOf(findings: readonly Finding[]): HTMLElement | undefined {
  if (findings.length === 0) return undefined;
  return make(
    'div',
    {},
    make('h3', {}, 'Diagnostics'),
    make(
      'ul',
      { class: 'findings' },
      ...findings.map((finding) => make('li', {}, findingArticle(finding))),
    ),
  );
}

function factsOf(facts: readonly Fact[]): HTMLElement | undefined {
  if (facts.length === 0) return undefined;
  return make(
    'dl',
    { class: 'facts' },
    ...facts.map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value))),
  );
}

function links(title: string, ids: readonly string[], picture: Picture): HTMLElement | undefined {
  const nodes = ids.flatMap((id) => picture.nodes.get(id) ?? []);
  if (nodes.length === 0) return undefined;
  const rest = nodes.length - MOST_LINKS;
  return make(
    'div',
    {},
    make('h3', {}, title),
    make(
      'ul',
      { class: 'links' },
      ...nodes
        .slice(0, MOST_LINKS)
        .map(({ id, kind, name }) =>
          make(
            'li',
            {},
            make('span', { class: 'hint' }, `${KIND_WORDS[kind]} `),
            make('button', { type: 'button', class: 'link', 'data-choose': id }, name),
          ),
        ),
    ),
    rest > 0 ? make('p', { class: 'hint' }, `and ${countText(rest)} more`) : undefined,
  );
}
