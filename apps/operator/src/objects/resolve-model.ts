import { createHash } from 'node:crypto';
import {
  judgePlace,
  type ModelService,
  type PodSettings,
  podSettingsSchema,
  sourceKind,
  type SourceKind,
  sourcePrefixes,
} from '@kumiki/api';
import type { ContainerEngine } from '@kumiki/api';
import {
  buildProcessTargets,
  buildRemoteTarget,
  chooseEngine,
  demoFileOf,
  demoHint,
  nameRevision,
  type ProcessTarget,
  restartedAtAnnotation,
} from '@kumiki/policy';

/** Where pods find a model, and what has to be mounted for it. */
export type ModelPlace =
  | { readonly kind: 'none' }
  /** In the worker's image. */
  | { readonly kind: 'shipped'; readonly path: string }
  | { readonly kind: 'claim'; readonly claim: string; readonly path: string }
  | { readonly kind: 'image'; readonly image: string; readonly path: string }
  /** Loaded before the container starts. */
  | { readonly kind: 'download'; readonly url: string; readonly digest: string; readonly path: string };

/** What a service comes to on a cluster. */
export type Workload =
  | { readonly kind: 'worker'; readonly target: ProcessTarget; readonly place: ModelPlace; readonly pod: PodSettings }
  | {
      readonly kind: 'container';
      readonly engine: ContainerEngine;
      readonly place: ModelPlace;
      readonly pod: PodSettings;
      readonly model: string;
      readonly revision: string;
      readonly replicas: number;
    }
  /** Servers outside: no pods. */
  | { readonly kind: 'remote'; readonly model: string; readonly revision: string };

export type Resolved =
  | { readonly ok: true; readonly workload: Workload }
  | { readonly ok: false; readonly reason: string };

/** Folder of the shipped models in the worker's image. */
const shippedFolder = '/app/models/demo';
/** Where a volume, an image or a downloaded file is mounted. */
export const modelFolder = '/models';

/** Resolves a manifest on a cluster. A path of a machine and what no engine serves is refused with what would work. */
export function resolveModel(service: ModelService, created: number): Resolved {
  const refusal = judgePlace(service.spec, 'kubernetes');
  if (refusal !== null) return { ok: false, reason: refusal };
  const choice = chooseEngine(service);
  if (!choice.ok) return choice;
  const { engine } = choice;
  const { spec, metadata } = service;
  const model = spec.model.name ?? metadata.name;
  const context = { created, digest };
  if (engine.kind === 'openai') {
    const built = buildRemoteTarget(service, engine, context);
    if (!built.ok) return built;
    return { ok: true, workload: { kind: 'remote', model, revision: built.targets[0]?.revision ?? '' } };
  }
  const place = placeOf(spec.model, sourceKind(spec.model));
  if (typeof place === 'string') return { ok: false, reason: place };
  const pod = podSettingsSchema.parse(spec.pod ?? {});
  // Where a pod is placed is no part of what is loaded, but a pod has to be made again for it.
  const placement = JSON.stringify(pod);
  if (engine.kind === 'container') {
    const restartedAt = metadata.annotations?.[restartedAtAnnotation] ?? '';
    const { source, digest: wanted = '' } = spec.model;
    const revision = nameRevision([model, source, wanted, spec.task, engine, placement, restartedAt], digest);
    return { ok: true, workload: { kind: 'container', engine, place, pod, model, revision, replicas: spec.replicas } };
  }
  const found = {
    source: workerSource(place),
    fileBytes: 0,
    identity: `${spec.model.digest ?? ''}${placement}`,
    nameInFolder: null,
  };
  const built = buildProcessTargets(service, engine, [found], context);
  if (!built.ok) return built;
  const target = built.targets.find(({ kind }) => kind === 'process') as ProcessTarget;
  return { ok: true, workload: { kind: 'worker', target, place, pod } };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Where the model is; a text says why nowhere. */
function placeOf({ source, digest: wanted }: ModelService['spec']['model'], kind: SourceKind): ModelPlace | string {
  switch (kind) {
    case 'demo': {
      const file = demoFileOf(source);
      if (file === undefined) return `spec.model.source: there is no '${source}'. ${demoHint(source)}`;
      return { kind: 'shipped', path: `${shippedFolder}/${file}` };
    }
    case 'claim': {
      const [claim = '', ...path] = source.slice(sourcePrefixes.claim.length).split('/');
      return { kind: 'claim', claim, path: path.join('/') };
    }
    case 'image': {
      const [image = '', path = ''] = source.slice(sourcePrefixes.image.length).split('#');
      return { kind: 'image', image, path };
    }
    case 'download': {
      return { kind: 'download', url: source, digest: wanted ?? '', path: fileNameOf(source) };
    }
    case 'simulated':
    case 'hub':
    case 'contained':
    case 'remote':
      return { kind: 'none' };
    case 'path':
      return `spec.model.source: '${source}' is a path of one machine`;
  }
}

/** The path of the model in the container; null when it is none of a file or a folder. */
export function pathInPod(place: ModelPlace): string | null {
  if (place.kind === 'none') return null;
  if (place.kind === 'shipped') return place.path;
  return place.path === '' ? modelFolder : `${modelFolder}/${place.path}`;
}

function workerSource(place: ModelPlace): string {
  return pathInPod(place) ?? 'simulated:';
}

/** The last part of a URL's path, if it is a plain name. */
function fileNameOf(url: string): string {
  const name = new URL(url).pathname.split('/').findLast((part) => part !== '') ?? '';
  return /^[A-Za-z0-9._-]+$/.test(name) && !/^\.+$/.test(name) ? name : 'model';
}
