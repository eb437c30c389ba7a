import { lstatSync, readFileSync } from 'node:fs';
import { KumikiError } from '@kumiki/api';
import { writeFileAtomic } from '@kumiki/service/folder';
import { z } from 'zod';

/** Most listed files and folders of one machine. */
const maxPaths = 1_024;
const maxPathLength = 4_096;
/** Enough for all paths at their longest. */
const maxFileBytes = 8_388_608;

const listSchema = z.object({
  version: z.literal(1),
  allow: z
    .array(
      z.object({
        /** Absolute; a folder allows everything in it. */
        path: z.string().min(1).max(maxPathLength),
        by: z.enum(['operator', 'manifest']),
        /** Unix seconds. */
        since: z.int(),
      }),
    )
    .max(maxPaths),
});
export type ModelList = z.infer<typeof listSchema>;

/** The files and folders that may be read as models; null when the list cannot be read. */
export function readModelList(path: string): ModelList | null {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return { version: 1, allow: [] };
    if (!found.isFile() || found.size > maxFileBytes) return null;
    return listSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data ?? null;
  } catch {
    return null;
  }
}

/** Changes the list on disk. Throws KumikiError when it is damaged or would be too long. */
export function editModelList(path: string, edit: (list: ModelList) => ModelList): void {
  const read = readModelList(path);
  if (read === null) {
    throw new KumikiError('conflict', {
      reason: `${path} cannot be read. Repair it, or delete it and add the needed entries again`,
    });
  }
  const result = listSchema.safeParse(edit(read));
  if (!result.success) {
    throw new KumikiError('conflict', {
      reason: `At most ${maxPaths} paths are kept, of ${maxPathLength} letters each`,
    });
  }
  writeFileAtomic(path, `${JSON.stringify(result.data, null, 2)}\n`);
}

/** A list with paths added. Paths of the operator keep that origin. */
export function withPaths(
  list: ModelList,
  paths: readonly string[],
  by: 'operator' | 'manifest',
  since: number,
): ModelList {
  const allow = new Map(list.allow.map((entry) => [entry.path, entry]));
  for (const path of paths) {
    if (allow.get(path)?.by !== 'operator') allow.set(path, { path, by, since: allow.get(path)?.since ?? since });
  }
  return { ...list, allow: [...allow.values()] };
}
