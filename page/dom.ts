/**
 * Elements are made here, and text becomes text: nothing in this folder ever makes HTML of a string,
 * because names, rules and values were written by strangers.
 */
type Attributes = Readonly<Record<string, string | undefined>>;
type Content = globalThis.Node | string | undefined;

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...content: readonly Content[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  fill(element, content);
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

export function drawn<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...content: readonly Content[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  fill(element, content);
  return element;
}

function fill(element: Element, content: readonly Content[]): void {
  for (const each of content) if (each !== undefined) element.append(each);
}

/** The element of index.html with that ID. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`index.html has no #${id}`);
  return element;
}

// What stays the same is not touched: the browser has nothing to lay out, and a reader nothing to say.

export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Undefined takes it away. */
export function setAttribute(element: Element, name: string, value: string | undefined): void {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

export function setHidden(element: HTMLElement, isHidden: boolean): void {
  if (element.hidden !== isHidden) element.hidden = isHidden;
}

/** What stands for an item, and follows it. */
export interface View<T> {
  readonly element: HTMLElement;
  update(item: T): void;
}

/** The children of an element, one for each item, taken over from look to look. */
export class Children<T> {
  readonly #parent: Element;
  readonly #idOf: (item: T) => string;
  readonly #make: (item: T) => View<T>;
  #views = new Map<string, View<T>>();

  constructor(parent: Element, idOf: (item: T) => string, make: (item: T) => View<T>) {
    this.#parent = parent;
    this.#idOf = idOf;
    this.#make = make;
  }

  show(items: readonly T[]): void {
    const next = new Map<string, View<T>>();
    for (const item of items) {
      const id = this.#idOf(item);
      next.set(id, this.#views.get(id) ?? this.#make(item));
    }
    for (const [id, { element }] of this.#views) if (!next.has(id)) element.remove();
    this.#views = next;
    let place = this.#parent.firstElementChild;
    for (const item of items) {
      const view = next.get(this.#idOf(item));
      if (view === undefined) continue;
      view.update(item);
      if (view.element === place) place = place.nextElementSibling;
      else this.#parent.insertBefore(view.element, place);
    }
  }

  elementOf(id: string): HTMLElement | undefined {
    return this.#views.get(id)?.element;
  }
}
