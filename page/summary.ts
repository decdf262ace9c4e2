import { byId, setAttribute, setText } from './dom.js';
import { isProblem } from './paths.js';
import type { Node, Picture } from './picture.js';
import type { Moving } from './rates.js';
import { Sparkline } from './sparkline.js';
import { countText, plural, rateText } from './words.js';

/** All of it in a few numbers. */
export class Summary {
  readonly #sparkline = new Sparkline();

  constructor() {
    byId('throughput').append(this.#sparkline.element);
  }

  show({ columns }: Picture, moving: Moving): void {
    setText(byId('open-value'), countText(moving.open));
    setText(byId('from-clients-value'), rateText(moving.fromClients));
    setText(byId('to-clients-value'), rateText(moving.toClients));
    this.#sparkline.update(moving.history);
    this.#tell('routers', columns.router);
    this.#tell('services', columns.service);
    const down = columns.server.filter(({ state }) => state === 'bad').length;
    this.#write('servers', columns.server.length, down, down === 0 ? 'none down' : `${down} down`);
  }

  #tell(name: string, nodes: readonly Node[]): void {
    const problems = nodes.filter(isProblem).length;
    const told = problems === 0 ? 'no problems' : plural(problems, 'problem');
    this.#write(name, nodes.length, problems, told);
  }

  #write(name: string, all: number, problems: number, told: string): void {
    setText(byId(`${name}-value`), countText(all));
    setText(byId(`${name}-told`), told);
    setAttribute(byId(`${name}-told`), 'data-state', problems === 0 ? 'good' : 'bad');
  }
}

/** Of what somebody should look at. */
export function titleOf({ nodes }: Picture): string {
  const problems = [...nodes.values()].filter(isProblem).length;
  return problems === 0 ? 'Sluice' : `Sluice: ${plural(problems, 'problem')}`;
}
