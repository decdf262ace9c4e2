import type {
  Configuration,
  EntryPointEntry,
  Finding,
  Live,
  MiddlewareEntry,
  ObjectEntry,
  OpenConnection,
  RouterEntry,
  ServiceEntry,
  Version,
} from './answers.js';

const TIMEOUT_MS = 10_000;
const PER_PAGE = 500;

/** The page stands at `dashboard/`, the API beside it, wherever both are. */
const API = new URL('../api/', document.baseURI);

async function asked(path: string): Promise<Response> {
  const response = await fetch(new URL(path, API), {
    cache: 'no-store',
    credentials: 'same-origin',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
  return response;
}

const one = async <T>(path: string): Promise<T> => (await (await asked(path)).json()) as T;

async function all<T>(path: string): Promise<readonly T[]> {
  const items: T[] = [];
  for (let page = 1; ;) {
    const response = await asked(`${path}?per_page=${PER_PAGE}&page=${page}`);
    items.push(...((await response.json()) as readonly T[]));
    const next = Number(response.headers.get('x-next-page') ?? 1);
    if (next <= page) return items;
    page = next;
  }
}

export const fetchLive = (): Promise<Live> => one('live');
export const fetchVersion = (): Promise<Version> => one('version');
export const fetchFindings = (): Promise<readonly Finding[]> => all('diagnostics');

/** The first of the open ones: whoever has thousands does not read them here. */
export const fetchConnections = (): Promise<readonly OpenConnection[]> =>
  one(`connections?per_page=${PER_PAGE}`);

export async function fetchConfiguration(): Promise<Configuration> {
  const [entryPoints, routers, services, middlewares, serversTransports, tlsOptions] =
    await Promise.all([
      all<EntryPointEntry>('entrypoints'),
      all<RouterEntry>('tcp/routers'),
      all<ServiceEntry>('tcp/services'),
      all<MiddlewareEntry>('tcp/middlewares'),
      all<ObjectEntry>('tcp/serverstransports'),
      all<ObjectEntry>('tls/options'),
    ]);
  return { entryPoints, routers, services, middlewares, serversTransports, tlsOptions };
}
