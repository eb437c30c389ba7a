import { isAbsolute, resolve } from 'node:path';
import { didYouMean, type EngineSpec, engineSchema, type ModelService } from '@kumiki/api';

/** What `spec.model.source` names. */
export type SourceKind = 'demo' | 'simulated' | 'remote' | 'path';

export function sourceKind(source: string): SourceKind {
  if (source.startsWith('demo:')) return 'demo';
  if (source.startsWith('simulated:')) return 'simulated';
  return /^https?:\/\//i.test(source) ? 'remote' : 'path';
}

const engineOf: Readonly<Record<SourceKind, EngineSpec['kind']>> = {
  demo: 'llama',
  path: 'llama',
  simulated: 'simulated',
  remote: 'openai',
};

export type EngineChoice =
  | { readonly ok: true; readonly engine: EngineSpec }
  | { readonly ok: false; readonly reason: string };

/** The engine for a source: the manifest's own, if it can serve such a source, or the one that can. */
export function chooseEngine({ spec }: ModelService): EngineChoice {
  const kind = engineOf[sourceKind(spec.model.source)];
  if (spec.engine === undefined) return { ok: true, engine: engineSchema.parse({ kind }) };
  if (spec.engine.kind === kind) return { ok: true, engine: spec.engine };
  return {
    ok: false,
    reason: `spec.engine.kind: '${spec.engine.kind}' cannot serve the source '${spec.model.source}'; write '${kind}', or leave spec.engine out`,
  };
}

/** The files that `demo:…` stands for, relative to the folder of the shipped models. */
export const demoFiles: Readonly<Record<string, string>> = {
  'demo:chat': 'chat/kumiki-demo-chat.gguf',
  'demo:embedding': 'embedding/kumiki-demo-embedding.gguf',
};

/** The hint for a `demo:` name that is not shipped. */
export function demoHint(source: string): string {
  const near = didYouMean(source, Object.keys(demoFiles)).trim();
  return near === '' ? `Shipped are ${Object.keys(demoFiles).join(' and ')}.` : near;
}

/** A manifest with its relative paths resolved against the folder that it was read from. */
export function withAbsolutePaths(service: ModelService, folder: string): ModelService {
  const { spec } = service;
  const absolute = (path: string): string => (isAbsolute(path) ? path : resolve(folder, path));
  const source = sourceKind(spec.model.source) === 'path' ? absolute(spec.model.source) : spec.model.source;
  return { ...service, spec: { ...spec, model: { ...spec.model, source } } };
}
