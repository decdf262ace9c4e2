import type { Finding } from './answers.js';
import { make } from './dom.js';
import { icon, SEVERITY_SHAPES } from './icons.js';
import { placeText } from './words.js';

/** One finding in full. `about`: what it is about, where that is not clear from where it stands. */
export function findingArticle(finding: Finding, about?: HTMLElement): HTMLElement {
  const { severity, message, code, value, fix, at, related } = finding;
  const line = (title: string, content: string | undefined) =>
    content === undefined || content === ''
      ? undefined
      : make('div', {}, make('dt', {}, title), make('dd', {}, content));
  return make(
    'article',
    { class: 'finding', 'data-severity': severity },
    make(
      'p',
      { class: 'finding-head' },
      icon(SEVERITY_SHAPES[severity]),
      make('strong', {}, severity),
      make('code', { class: 'code' }, code),
      about,
      make('span', { class: 'since' }, sinceText(finding)),
    ),
    make('p', { class: 'message' }, message),
    make(
      'dl',
      {},
      line('Where', placeText(at)),
      line('Written', value),
      line('Fix', fix),
      line('See also', related.map(placeText).join('\n')),
    ),
  );
}

/** The time alone says enough of today. */
function sinceText({ since }: Finding): string {
  const at = new Date(since);
  const isToday = at.toDateString() === new Date().toDateString();
  return `since ${isToday ? at.toLocaleTimeString() : at.toLocaleString()}`;
}
