import { type EngineSpec, engineSchema, enginesOf, type ModelService, sourceKind } from '@kumiki/api';

export type EngineChoice =
  | { readonly ok: true; readonly engine: EngineSpec }
  | { readonly ok: false; readonly reason: string };

/** The engine for a source: the manifest's own, which the schema has compared with it, or else the one that serves it. */
export function chooseEngine({ spec }: ModelService): EngineChoice {
  if (spec.engine !== undefined) return { ok: true, engine: spec.engine };
  const kind = enginesOf[sourceKind(spec.model)][0];
  if (kind !== 'container') return { ok: true, engine: engineSchema.parse({ kind }) };
  return {
    ok: false,
    reason: `spec.engine: the source '${spec.model.source}' is loaded by a container; name its image`,
  };
}
