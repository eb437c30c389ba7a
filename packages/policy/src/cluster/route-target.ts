import type { ModelService } from '@kumiki/api';
import { buildRemoteTarget } from '../serve/build-remote-target.ts';
import type { RoutedTarget } from '../serve/build-routes.ts';
import { chooseEngine } from '../serve/choose-engine.ts';
import { fillDeadlines, ownDeadlines, remoteDeadlines } from '../serve/fill-deadlines.ts';
import type { Digest } from '../serve/revision.ts';

/** A ModelService of a cluster, as a gateway routes to it. */
export interface RoutedService {
  /** `namespace/name`. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Unix seconds. */
  readonly created: number;
  readonly target: RoutedTarget;
}

export type RoutedServiceRead =
  | { readonly ok: true; readonly service: RoutedService }
  /** A sentence about the manifest. The operator tells it in the status. */
  | { readonly ok: false; readonly reason: string };

export interface RouteContext {
  readonly namespace: string;
  readonly uid: string;
  /** Unix seconds. */
  readonly created: number;
  readonly digest: Digest;
  /** The one namespace that is watched, whose services go by their names alone; null where there are several. */
  readonly home: string | null;
}

/**
 * What a gateway needs of a manifest. Where the model comes from, how it is loaded and how many replicas there are is not
 * its business: pods tell their revision by themselves.
 */
export function routeService(manifest: ModelService, context: RouteContext): RoutedServiceRead {
  const { metadata, spec } = manifest;
  const { namespace, uid, created, home } = context;
  const choice = chooseEngine(manifest);
  if (!choice.ok) return choice;
  const { engine } = choice;
  const key = `${namespace}/${metadata.name}`;
  const name = qualifiedName(namespace, metadata.name, home);
  const found = (target: RoutedTarget): RoutedServiceRead => ({
    ok: true,
    service: { key, namespace, name: metadata.name, uid, created, target },
  });
  if (engine.kind === 'openai') {
    const built = buildRemoteTarget(manifest, engine, context);
    if (!built.ok) return built;
    const [target] = built.targets;
    if (target?.kind !== 'remote') return { ok: false, reason: 'spec: it names no server' };
    // The name is part of the ids of its endpoints, which must not meet those of another namespace.
    return found({ ...target, key, service: name });
  }
  const routed = {
    key,
    service: name,
    model: spec.model.name ?? metadata.name,
    aliases: spec.model.aliases,
    task: spec.task,
    created,
  };
  if (engine.kind !== 'container') {
    return found({ ...routed, kind: 'process', deadlines: fillDeadlines(spec.deadlines, ownDeadlines) });
  }
  const { upstreamModel = null, continuation, maxInFlight } = engine;
  const deadlines = fillDeadlines(spec.deadlines, remoteDeadlines);
  return found({ ...routed, kind: 'container', deadlines, upstreamModel, continuation, maxInFlight });
}

/** How people and endpoints name an object: without its namespace where there is one namespace only. */
export function qualifiedName(namespace: string, name: string, home: string | null): string {
  return namespace === home ? name : `${namespace}/${name}`;
}
