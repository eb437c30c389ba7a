import { realpath } from 'node:fs/promises';
import { isAbsolute, resolve, sep } from 'node:path';
import { type ModelService, sourceKind } from '@kumiki/api';
import type { HomeFolder } from '../home/home-folder.ts';
import { editModelList, readModelList, withPaths } from '../home/model-list.ts';

/**
 * Why a file or folder may not be read as a model, as part of a sentence; null when it may. The reason never reveals
 * whether a path outside the allowed folders exists.
 */
export type ModelAccess = (path: string) => Promise<string | null>;

/** The access that the state folder currently allows. */
export function modelAccessOf(home: HomeFolder): ModelAccess {
  return async (path) => {
    const refusal = `'${path}' is not in a models folder of this machine. Put it into ${home.models}, or let the operator of the machine run 'kumiki models allow ${path}'`;
    if (!isAbsolute(path)) return `'${path}' is no absolute path`;
    const roots = [home.models, ...(readModelList(home.modelList)?.allow ?? []).map((entry) => entry.path)];
    if (!roots.some((root) => isWithin(resolve(path), root))) return refusal;
    const real = await realpath(path).catch(() => null);
    // An allowed path that does not exist; reading it will report that.
    if (real === null) return null;
    const realRoots = await Promise.all(roots.map((root) => realpath(root).catch(() => null)));
    return realRoots.some((root) => root !== null && isWithin(real, root)) ? null : refusal;
  };
}

function isWithin(path: string, root: string): boolean {
  const folder = resolve(root);
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

/**
 * Adds the files and folders of manifests to the model list when the operator applies them on the machine's own command
 * line.
 * @returns the added paths.
 */
export async function listModelsOf(
  home: HomeFolder,
  manifests: readonly ModelService[],
  nowUnix: number,
): Promise<string[]> {
  const mayRead = modelAccessOf(home);
  const wanted: string[] = [];
  for (const { spec } of manifests) {
    const { source } = spec.model;
    if (sourceKind(spec.model) === 'path' && isAbsolute(source) && (await mayRead(source)) !== null)
      wanted.push(resolve(source));
  }
  if (wanted.length > 0) editModelList(home.modelList, (list) => withPaths(list, wanted, 'manifest', nowUnix));
  return [...new Set(wanted)];
}
