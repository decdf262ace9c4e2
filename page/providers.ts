import type { Finding, Health, IdentityHealth, ProviderHealth } from './answers.js';
import { byId, Children, make, setAttribute, setHidden, setText, type View } from './dom.js';
import { icon, setIcon } from './icons.js';
import type { State } from './picture.js';
import { ageText } from './words.js';

interface Source {
  readonly name: string;
  readonly state: State;
  readonly stateText: string;
  readonly detail: string;
}

/** Where the configuration comes from, how old it is, and who we are. */
export class Providers {
  readonly #children = new Children<Source>(byId('providers-list'), ({ name }) => name, sourceView);
  readonly #empty = byId('providers-empty');

  show(health: Health, findings: readonly Finding[]): void {
    const sources = [
      ...health.providers.map((provider) => providerSource(provider, findings)),
      ...(health.spiffe ? [identitySource('SPIFFE identity', health.spiffe)] : []),
      ...(health.connect ?? []).map((state) =>
        identitySource(`Connect identity (${state.provider})`, state),
      ),
    ];
    this.#children.show(sources);
    setHidden(this.#empty, sources.length > 0);
  }
}

function providerSource(provider: ProviderHealth, findings: readonly Finding[]): Source {
  const { name, delivered, ageSeconds, failingSince, error } = provider;
  const age = ageSeconds === undefined ? '' : `confirmed ${ageText(ageSeconds)} ago`;
  const about = findings.filter(
    ({ object, severity }) =>
      object?.kind === 'provider' && object.name === name && severity !== 'info',
  );
  const told = [error, ...about.map(({ message }) => message)].filter(
    (text, index, all) => text !== undefined && all.indexOf(text) === index,
  );
  if (failingSince !== undefined) {
    const lost = `lost for ${ageText((Date.now() - Date.parse(failingSince)) / 1_000)}`;
    return {
      name,
      state: 'bad',
      stateText: [lost, age].filter(Boolean).join(', '),
      detail: told.join('\n'),
    };
  }
  if (!delivered) {
    return { name, state: 'warning', stateText: 'has not delivered yet', detail: told.join('\n') };
  }
  return {
    name,
    state: about.length === 0 ? 'good' : 'warning',
    stateText: age,
    detail: told.join('\n'),
  };
}

function identitySource(name: string, identity: IdentityHealth): Source {
  const { status, detail, spiffeId, expiresAt } = identity;
  const left = expiresAt === undefined ? undefined : (Date.parse(expiresAt) - Date.now()) / 1_000;
  const until = left === undefined ? '' : left > 0 ? `valid for ${ageText(left)}` : 'expired';
  return {
    name,
    state: status === 'ready' ? 'good' : 'bad',
    stateText: [status, until].filter(Boolean).join(', '),
    detail: [spiffeId, detail].filter(Boolean).join('\n'),
  };
}

function sourceView({ name }: Source): View<Source> {
  const shape = icon('idle');
  const state = make('span');
  const detail = make('p', { class: 'detail' });
  const element = make(
    'li',
    { class: 'source' },
    make(
      'div',
      { class: 'source-head' },
      make('h3', {}, name),
      make('p', { class: 'state' }, shape, state),
    ),
    detail,
  );
  return {
    element,
    update(source) {
      setAttribute(element, 'data-state', source.state);
      setIcon(shape, source.state);
      setText(state, source.stateText);
      setText(detail, source.detail);
      setHidden(detail, source.detail === '');
    },
  };
}
