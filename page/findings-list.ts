import type { Finding, Severity } from './answers.js';
import { byId, Children, make, setAttribute, setHidden, setText, type View } from './dom.js';
import { findingArticle } from './finding-article.js';
import { icon, SEVERITY_SHAPES } from './icons.js';
import { findingText, hasAll, searchWords } from './paths.js';
import { objectId } from './picture.js';
import { countText } from './words.js';

const FIRST = 50;
const MORE = 100;
const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

export interface FindingsShown {
  readonly findings: readonly Finding[];
  readonly search: string;
  /** What is shown of the picture; undefined: all. */
  readonly wanted: ReadonlySet<string> | undefined;
  readonly has: (id: string) => boolean;
}

/** Every finding that holds now, the worst first. */
export class FindingsList {
  readonly #children: Children<Finding>;
  readonly #count = byId('findings-count');
  readonly #empty = byId('findings-empty');
  readonly #more = make('button', { type: 'button', class: 'more', hidden: '' });
  readonly #filters = new Map<Severity, { button: HTMLButtonElement; count: HTMLElement }>();
  readonly #hidden = new Set<Severity>();
  #limit = FIRST;
  #shown: FindingsShown | undefined;

  constructor() {
    const list = byId('findings-list');
    this.#children = new Children(
      list,
      ({ id }) => id,
      (finding) => this.#view(finding),
    );
    list.after(this.#more);
    this.#more.addEventListener('click', () => {
      this.#limit += MORE;
      this.#again();
    });
    for (const severity of SEVERITIES) this.#addFilter(severity);
  }

  #addFilter(severity: Severity): void {
    const count = make('span', { class: 'count' });
    const button = make(
      'button',
      { type: 'button', class: 'filter', 'data-severity': severity, 'aria-pressed': 'true' },
      icon(SEVERITY_SHAPES[severity]),
      make('span', {}, FILTER_WORDS[severity]),
      count,
    );
    button.addEventListener('click', () => {
      if (!this.#hidden.delete(severity)) this.#hidden.add(severity);
      setAttribute(button, 'aria-pressed', String(!this.#hidden.has(severity)));
      this.#again();
    });
    byId('findings-filters').append(button);
    this.#filters.set(severity, { button, count });
  }

  #again(): void {
    if (this.#shown) this.show(this.#shown);
  }

  show(shown: FindingsShown): void {
    this.#shown = shown;
    const { findings } = shown;
    for (const [severity, { count }] of this.#filters) {
      setText(count, countText(findings.filter((each) => each.severity === severity).length));
    }
    const asked = SEVERITIES.filter((severity) => !this.#hidden.has(severity)).flatMap((severity) =>
      findings.filter((finding) => finding.severity === severity && isAsked(finding, shown)),
    );
    const visible = asked.slice(0, this.#limit);
    this.#children.show(visible);
    const isFiltered = asked.length < findings.length;
    const all = countText(findings.length);
    setText(this.#count, isFiltered ? `${countText(asked.length)} of ${all}` : all);
    setHidden(this.#empty, visible.length > 0);
    setText(
      this.#empty,
      isFiltered ? 'None that is searched for' : 'None: everything that was written is in force.',
    );
    const rest = asked.length - visible.length;
    setHidden(this.#more, rest <= 0);
    setText(this.#more, `Show ${countText(Math.min(MORE, rest))} more of ${countText(rest)}`);
  }

  #view(finding: Finding): View<Finding> {
    const { object } = finding;
    const id = object && objectId(object, finding.provider);
    const isNode = id !== undefined && this.#shown?.has(id) === true;
    const about =
      object &&
      (isNode
        ? make('button', { type: 'button', class: 'link', 'data-choose': id }, object.name)
        : make('span', { class: 'mono' }, object.name));
    const kind = object && make('span', { class: 'hint' }, `${object.kind} `);
    const article = findingArticle(finding, about && make('span', { class: 'about' }, kind, about));
    return { element: make('li', {}, article), update() {} };
  }
}

const FILTER_WORDS: Readonly<Record<Severity, string>> = {
  error: 'errors',
  warning: 'warnings',
  info: 'notes',
};

function isAsked(finding: Finding, { search, wanted }: FindingsShown): boolean {
  if (wanted === undefined) return true;
  const { object } = finding;
  if (object && wanted.has(objectId(object, finding.provider))) return true;
  return hasAll(findingText(finding), searchWords(search));
}
