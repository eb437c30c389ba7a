import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { judgePlace, type ModelService, sourceKind } from '@kumiki/api';
import {
  buildProcessTargets,
  buildRemoteTarget,
  chooseEngine,
  demoFileOf,
  demoHint,
  type FoundModel,
  type Resolution,
  type TargetContext,
} from '@kumiki/policy';
import { findGgufModels } from './gguf-files.ts';
import type { ModelAccess } from './model-access.ts';

/**
 * Resolves a manifest on this machine: finds its files, its engine and its servers.
 * @param modelsFolder folder of the shipped models.
 * @param mayRead which other files may be read as models.
 */
export async function resolveService(
  service: ModelService,
  created: number,
  modelsFolder: string,
  mayRead: ModelAccess,
): Promise<Resolution> {
  const refusal = judgePlace(service.spec, 'machine');
  if (refusal !== null) return { ok: false, reason: refusal };
  const choice = chooseEngine(service);
  if (!choice.ok) return choice;
  const context: TargetContext = { created, digest };
  if (choice.engine.kind === 'openai') return buildRemoteTarget(service, choice.engine, context);
  const found = await findModels(service.spec.model.source, modelsFolder, mayRead);
  if (!found.ok) return { ok: false, reason: `spec.model.source: ${found.reason}` };
  return buildProcessTargets(service, choice.engine, found.models, context);
}

type Found =
  | { readonly ok: true; readonly models: readonly FoundModel[] }
  | { readonly ok: false; readonly reason: string };

async function findModels(source: string, modelsFolder: string, mayRead: ModelAccess): Promise<Found> {
  if (sourceKind({ source }) === 'simulated') {
    return { ok: true, models: [{ source, fileBytes: 0, identity: '', nameInFolder: null }] };
  }
  const demo = demoFileOf(source);
  if (sourceKind({ source }) === 'demo' && demo === undefined) {
    return { ok: false, reason: `there is no '${source}'. ${demoHint(source)}` };
  }
  const found =
    demo === undefined
      ? await findGgufModels(source, mayRead)
      : await findGgufModels(join(modelsFolder, demo), async () => null);
  if (!found.ok) return found;
  const models = found.models.map(({ path, bytes, identity, name }): FoundModel => ({
    source: path,
    fileBytes: bytes,
    identity,
    nameInFolder: found.isFolder ? name : null,
  }));
  return { ok: true, models };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
