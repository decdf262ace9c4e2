import { readAddress, writeAddress, type Address } from './address.js';
import { Announcer } from './announcer.js';
import type { Configuration, Finding, Live, OpenConnection, Version } from './answers.js';
import { changesBetween } from './changes.js';
import {
  fetchConfiguration,
  fetchConnections,
  fetchFindings,
  fetchLive,
  fetchVersion,
} from './client.js';
import { Columns } from './columns.js';
import { Details } from './details.js';
import { byId, setAttribute, setHidden, setText } from './dom.js';
import { FindingsList } from './findings-list.js';
import { isProblem, wantedIn } from './paths.js';
import { pictureOf, type Node, type Picture } from './picture.js';
import { poll, type Sight } from './poll.js';
import { Providers } from './providers.js';
import { Rates } from './rates.js';
import { Summary, titleOf } from './summary.js';
import { followTheme } from './theme.js';
import { ageText, countText } from './words.js';

/** What the API answered last. */
interface Known {
  readonly version: Version;
  readonly configuration: Configuration;
  readonly findings: readonly Finding[];
  readonly live: Live;
}

let known: Known | undefined;
let picture: Picture | undefined;
let address: Address = readAddress(location.hash);
let sight: Sight | undefined;

const rates = new Rates();
const announcer = new Announcer(byId('announcements'));
const columns = new Columns();
const details = new Details();
const findingsList = new FindingsList();
const providers = new Providers();
const summary = new Summary();
const search = byId('search') as HTMLInputElement;
const onlyProblems = byId('only-problems');

async function look(): Promise<void> {
  const live = await fetchLive();
  // A clock that runs backwards is a new process, whose revisions begin anew.
  const before = known && live.clockMs > known.live.clockMs ? known : undefined;
  const isOld = (what: 'configuration' | 'findings') =>
    before?.live.revisions[what] !== live.revisions[what];
  const [version, configuration, findings] = await Promise.all([
    before?.version ?? fetchVersion(),
    before && !isOld('configuration') ? before.configuration : fetchConfiguration(),
    before && !isOld('findings') ? before.findings : fetchFindings(),
  ]);
  known = { version, configuration, findings, live };
  rates.look(live);
  const next = pictureOf(known);
  if (picture) announcer.say(changesBetween(picture, next));
  picture = next;
  render();
  if (address.selected !== undefined) await showConnections(address.selected);
}

function render(): void {
  if (known === undefined || picture === undefined) return;
  const { version, findings, live } = known;
  const wanted = wantedIn(picture, address);
  columns.show({ picture, rates, wanted, selected: address.selected });
  const { nodes } = picture;
  const { search: word, selected } = address;
  findingsList.show({ findings, search: word, wanted, has: (id) => nodes.has(id) });
  details.show(picture, selected, rates.of(selected ?? ''));
  providers.show(live.health, findings);
  summary.show(picture, rates.of('all'));
  const problems = [...nodes.values()].filter(isProblem).length;
  setText(byId('problem-count'), countText(problems));
  setAttribute(onlyProblems, 'aria-pressed', String(address.onlyProblems));
  setText(byId('version'), version.Version);
  setText(byId('uptime'), `· up ${ageText(uptimeSeconds(version))}`);
  document.title = titleOf(picture);
  setHidden(byId('loading'), true);
  setHidden(byId('content'), false);
}

const uptimeSeconds = ({ startDate }: Version) => (Date.now() - Date.parse(startDate)) / 1_000;

/** Of thousands, whoever wants to know asks the API. */
const MOST_CONNECTIONS = 2_000;

async function showConnections(id: string): Promise<void> {
  const node = picture?.nodes.get(id);
  if (node === undefined || known === undefined || known.live.open > MOST_CONNECTIONS) {
    details.showConnections([]);
    return;
  }
  const connections = rates.of(id).open === 0 ? [] : await fetchConnections();
  if (address.selected === id) {
    details.showConnections(connections.filter((connection) => isOf(connection, node)));
  }
}

function isOf(connection: OpenConnection, { kind, name, id }: Node): boolean {
  switch (kind) {
    case 'entryPoint':
      return connection.entryPoint === name;
    case 'router':
      return connection.router === name;
    case 'service':
      return connection.service === name;
    case 'server':
      return id === `server:${connection.service ?? ''} ${connection.server ?? ''}`;
    case 'middleware':
    case 'serversTransport':
    case 'tlsOptions':
      return false;
  }
}

/** `isStep`: the way back leads to where one was. */
function go(to: Partial<Address>, isStep = false): void {
  address = { ...address, ...to };
  const hash = writeAddress(address) || location.pathname;
  if (isStep) history.pushState(null, '', hash);
  else history.replaceState(null, '', hash);
  render();
}

function choose(id: string | undefined): void {
  if (id === address.selected) return;
  go({ selected: id }, true);
  details.showConnections([]);
  if (id !== undefined) showConnections(id).catch(() => undefined);
}

function followAddress(): void {
  address = readAddress(location.hash);
  if (search.value !== address.search) search.value = address.search;
  render();
}

// What somebody does.

document.addEventListener('click', ({ target }) => {
  const chosen = target instanceof Element ? target.closest<HTMLElement>('[data-choose]') : null;
  const id = chosen?.dataset['choose'];
  if (id === undefined) return;
  const isCard = chosen?.closest('.card') !== null;
  choose(isCard && id === address.selected ? undefined : id);
  if (isCard) return;
  // Where one was is gone or far away.
  const button = columns.buttonOf(id);
  button?.focus({ preventScroll: true });
  button?.scrollIntoView({ block: 'nearest' });
});

search.addEventListener('input', () => go({ search: search.value }));
onlyProblems.addEventListener('click', () => go({ onlyProblems: !address.onlyProblems }));
byId('search-form').addEventListener('submit', (event) => event.preventDefault());
byId('details-close').addEventListener('click', closeDetails);

function closeDetails(): void {
  const id = address.selected;
  choose(undefined);
  if (id !== undefined) columns.buttonOf(id)?.focus();
}

document.addEventListener('keydown', (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const isTyping = event.target instanceof HTMLInputElement;
  if (event.key === '/' && !isTyping) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === 'Escape') {
    if (isTyping && search.value !== '') {
      search.value = '';
      go({ search: '' });
    } else if (address.selected !== undefined) closeDetails();
  }
});

addEventListener('popstate', followAddress);
addEventListener('hashchange', followAddress);

// How fresh all of it is.

function showSight(): void {
  if (sight === undefined) return;
  const connection = byId('connection');
  setAttribute(connection, 'data-state', sight.isLost ? 'bad' : 'good');
  setText(byId('connection-text'), sight.isLost ? 'not connected' : 'live');
  setHidden(byId('lost'), !sight.isLost);
  document.body.classList.toggle('is-lost', sight.isLost);
  if (!sight.isLost) return;
  const { lastAt } = sight;
  const age = lastAt === undefined ? undefined : (performance.now() - lastAt) / 1_000;
  setText(
    byId('lost-text'),
    age === undefined
      ? 'The API does not answer. It is asked again every two seconds.'
      : `The API does not answer. What is shown is ${ageText(age)} old.`,
  );
  setText(byId('lost-reason'), sight.reason);
}

function told(next: Sight): void {
  if (sight?.isLost !== next.isLost && (sight !== undefined || next.isLost)) {
    announcer.say([next.isLost ? 'The connection to the API is lost' : 'The API answers again']);
  }
  sight = next;
  showSight();
}

setInterval(showSight, 1_000);
search.value = address.search;
followTheme();
poll(look, told);
