import type { Steps } from '../async/slices.js';
import type { NameMap } from '../config/name-map.js';
import type { RuntimeView } from '../routing/runtime.js';
import { jsonText } from './json.js';
import type { View } from './members.js';
import { middlewareView, routerView, serviceView } from './views.js';

/**
 * `/api/rawdata`: everything in one document; empty sections are left out. In steps: of thousands of
 * objects it is megabytes of text.
 */
export function* rawdataText({ routers, middlewares, services }: RuntimeView): Steps<string> {
  const sections = [
    yield* section('tcpRouters', routers, routerView),
    yield* section('tcpMiddlewares', middlewares, middlewareView),
    yield* section('tcpServices', services, serviceView),
  ];
  return `{${sections.filter((text) => text !== '').join(',')}}\n`;
}

function* section<T>(title: string, objects: NameMap<T>, view: (object: T) => View): Steps<string> {
  if (objects.size === 0) return '';
  let text = '';
  for (const [name, object] of objects) {
    text += `${text === '' ? '' : ','}${jsonText(name)}:${jsonText(view(object))}`;
    yield;
  }
  return `"${title}":{${text}}`;
}
