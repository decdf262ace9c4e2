import { byId, setAttribute } from './dom.js';
import { icon, setIcon } from './icons.js';

const KEY = 'sluice-theme';

type Theme = 'light' | 'dark';

/** As the system has it, until somebody says otherwise. */
export function followTheme(): void {
  const button = byId('theme');
  const shape = icon('dark');
  button.append(shape);
  const system = matchMedia('(prefers-color-scheme: dark)');
  const current = (): Theme => stored() ?? (system.matches ? 'dark' : 'light');
  const show = () => {
    const theme = current();
    const other = theme === 'dark' ? 'light' : 'dark';
    setAttribute(document.documentElement, 'data-theme', stored());
    setAttribute(button, 'aria-label', `Use the ${other} theme`);
    setAttribute(button, 'title', `Use the ${other} theme`);
    setIcon(shape, other);
  };
  button.addEventListener('click', () => {
    store(current() === 'dark' ? 'light' : 'dark');
    show();
  });
  system.addEventListener('change', show);
  show();
}

// Where a browser keeps nothing, the theme lasts as long as the page.
let unkept: Theme | undefined;

function stored(): Theme | undefined {
  try {
    const text = localStorage.getItem(KEY);
    return text === 'light' || text === 'dark' ? text : unkept;
  } catch {
    return unkept;
  }
}

function store(theme: Theme): void {
  unkept = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // `unkept` has it.
  }
}
