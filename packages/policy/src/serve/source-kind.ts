import { type EngineSpec, engineSchema, type ModelService } from '@kumiki/api';

/** The kind of `spec.model.source`. */
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

/** The engine for a source: the manifest's own if it supports the source, or else the one that does. */
export function chooseEngine({ spec }: ModelService): EngineChoice {
  const kind = engineOf[sourceKind(spec.model.source)];
  if (spec.engine === undefined) return { ok: true, engine: engineSchema.parse({ kind }) };
  if (spec.engine.kind === kind) return { ok: true, engine: spec.engine };
  return {
    ok: false,
    reason: `spec.engine.kind: '${spec.engine.kind}' cannot serve the source '${spec.model.source}'; write '${kind}', or leave spec.engine out`,
  };
}
