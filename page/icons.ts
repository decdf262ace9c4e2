import { drawn } from './dom.js';
import type { Severity } from './answers.js';

/** Each state has a shape of its own: nobody needs to see colours. */
const SHAPES = {
  good: 'M3 8.6l3.2 3.2L13 4.6',
  warning: 'M8 2.2l6.4 11.3H1.6zM8 6.6v3M8 11.6v.1',
  bad: 'M3.8 3.8l8.4 8.4M12.2 3.8l-8.4 8.4',
  leaving: 'M2 8h8.5M7.5 4.6L11 8l-3.5 3.4M14 3v10',
  idle: 'M8 3.4a4.6 4.6 0 1 0 .01 0z',
  info: 'M8 1.9a6.1 6.1 0 1 0 .01 0zM8 7.4v3.8M8 4.9v.1',
  up: 'M8 13V3.5M4 7.2l4-4 4 4',
  down: 'M8 3v9.5M4 8.8l4 4 4-4',
  close: 'M3.8 3.8l8.4 8.4M12.2 3.8l-8.4 8.4',
  light:
    'M8 5.2a2.8 2.8 0 1 0 .01 0zM8 1.2v1.4M8 13.4v1.4M1.2 8h1.4M13.4 8h1.4M3.2 3.2l1 1M11.8 11.8l1 1M12.8 3.2l-1 1M4.2 11.8l-1 1',
  dark: 'M13.2 9.6A5.7 5.7 0 0 1 6.4 2.8a5.7 5.7 0 1 0 6.8 6.8z',
} as const;

export type Shape = keyof typeof SHAPES;

/** Readers do not see it: what it says stands beside it in words. */
export function icon(shape: Shape): SVGSVGElement {
  return drawn(
    'svg',
    { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' },
    drawn('path', { d: SHAPES[shape] }),
  );
}

export function setIcon(svg: SVGSVGElement, shape: Shape): void {
  const path = svg.firstElementChild;
  if (path && path.getAttribute('d') !== SHAPES[shape]) path.setAttribute('d', SHAPES[shape]);
}

export const SEVERITY_SHAPES = {
  error: 'bad',
  warning: 'warning',
  info: 'info',
} as const satisfies Record<Severity, Shape>;
