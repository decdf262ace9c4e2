import type { Diagnostic, Place } from '../config/diagnostic.js';
import type { Story } from '../config/story.js';
import type { RouterView, RuntimeView, ServiceView } from '../routing/runtime.js';

/** All that is known, to look for a name in. */
export interface Known {
  readonly compiled: { readonly runtime: RuntimeView };
  readonly diagnostics: readonly Diagnostic[];
  readonly stories: readonly Story[];
}

/** What a name stands for, and what belongs to it on the way from a label to a server. */
export interface Subject {
  readonly stories: readonly Story[];
  readonly routers: readonly RouterView[];
  readonly services: readonly ServiceView[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A container's id is written in short. */
const SHORTEST_ID = 4;

/** Undefined: nobody knows the name. Of several things with one name all are meant. */
export function subjectOf(name: string, known: Known): Subject | undefined {
  const { routers, services } = known.compiled.runtime;
  const named = {
    stories: known.stories.filter((story) => isStoryOf(story, name)),
    routers: [...routers.values()].filter(({ merged }) => isNamed(merged.name, name)),
    services: [...services.values()].filter(({ merged }) => isNamed(merged.name, name)),
  };
  const ids = new Set(named.stories.map(({ id }) => id));
  const isTheirs = ({ merged }: RouterView | ServiceView) =>
    merged.owners.some((owner) => ids.has(owner.id));
  const own = [...services.values()].filter(
    (service) => named.services.includes(service) || isTheirs(service),
  );
  const usedBy = new Set(own.flatMap((service) => service.usedBy));
  const ofRouters = [...routers.values()].filter(
    (router) =>
      named.routers.includes(router) || isTheirs(router) || usedBy.has(router.merged.name),
  );
  const targets = new Set(ofRouters.map(({ merged }) => merged.name));
  const ofServices = [...services.values()].filter(
    (service) => own.includes(service) || service.usedBy.some((router) => targets.has(router)),
  );
  const owners = new Set(
    [...ofRouters, ...ofServices].flatMap(({ merged }) => merged.owners.map(({ id }) => id)),
  );
  const stories = known.stories.filter(({ id }) => ids.has(id) || owners.has(id));
  const diagnostics = known.diagnostics.filter((one) =>
    concerns(one, name, { stories, routers: ofRouters, services: ofServices }),
  );
  const isKnown = stories.length + ofRouters.length + ofServices.length + diagnostics.length > 0;
  return isKnown ? { stories, routers: ofRouters, services: ofServices, diagnostics } : undefined;
}

/** Every name that may be asked for. */
export function namesOf({ compiled, stories }: Known): readonly string[] {
  const { routers, services } = compiled.runtime;
  const qualified = [...routers.keys(), ...services.keys()];
  return [
    ...stories.flatMap(({ name, aliases }) => [name, ...aliases]),
    ...qualified.flatMap((name) => [bare(name), name]),
  ];
}

const isStoryOf = ({ id, name, aliases }: Story, wanted: string) =>
  name === wanted ||
  aliases.includes(wanted) ||
  (wanted.length >= SHORTEST_ID && id.startsWith(wanted));

const bare = (qualified: string) => qualified.split('@', 1)[0] ?? '';

const isNamed = (qualified: string, wanted: string) =>
  qualified === wanted || bare(qualified) === wanted;

/** Also of what has no entry any more, such as who lost a name (D10). */
function concerns(
  { object, at, related = [] }: Diagnostic,
  wanted: string,
  { stories, routers, services }: Omit<Subject, 'diagnostics'>,
): boolean {
  const isAbout = (kind: string, views: readonly (RouterView | ServiceView)[]) =>
    object?.kind === kind && views.some(({ merged }) => isNamed(merged.name, bare(object.name)));
  const isOwn = (place: Place) => stories.some(({ at: there }) => isSameOwner(place, there));
  return (
    [at, ...related].some(isOwn) ||
    isAbout('router', routers) ||
    isAbout('service', services) ||
    ((object?.kind === 'router' || object?.kind === 'service') && isNamed(object.name, wanted))
  );
}

function isSameOwner(a: Place, b: Place): boolean {
  if (a.kind === 'label' && b.kind === 'label') return a.containerId === b.containerId;
  return a.kind === 'tag' && b.kind === 'tag' && a.node === b.node && a.instance === b.instance;
}
