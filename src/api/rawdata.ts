import { LongText } from '../async/long-text.js';
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
export function* rawdataText(runtime: RuntimeView): Steps<readonly Buffer[]> {
  const text = new LongText();
  text.add('{');
  const { routers, middlewares, services } = runtime;
  yield* section(text, 'tcpRouters', routers, routerView, true);
  const isFirst = routers.size === 0;
  yield* section(text, 'tcpMiddlewares', middlewares, middlewareView, isFirst);
  yield* section(text, 'tcpServices', services, serviceView, isFirst && middlewares.size === 0);
  text.add('}\n');
  return text.end();
}

function* section<T>(
  text: LongText,
  title: string,
  objects: NameMap<T>,
  view: (object: T) => View,
  isFirst: boolean,
): Steps<undefined> {
  if (objects.size === 0) return undefined;
  let separator = `${isFirst ? '' : ','}"${title}":{`;
  for (const [name, object] of objects) {
    text.add(`${separator}${jsonText(name)}:${jsonText(view(object))}`);
    separator = ',';
    yield;
  }
  text.add('}');
  return undefined;
}
