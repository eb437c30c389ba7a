import { KumikiError } from '@kumiki/api';

/** Most concurrent uploads in this process: in total, of a project, of a key. */
export const uploadLimits = { all: 64, ofProject: 16, ofKey: 8 } as const;

const retryAfterMs = 2_000;

/** Counts uploads in progress, so that slow uploads of one key do not block those of others. */
export interface UploadSlots {
  /** Returns a function that gives the slot back. Throws `overloaded`, which names the limit. */
  take(project: string, keyId: string): () => void;
}

export function createUploadSlots(
  limits: typeof uploadLimits | Record<keyof typeof uploadLimits, number> = uploadLimits,
): UploadSlots {
  let all = 0;
  const ofProject = new Map<string, number>();
  const ofKey = new Map<string, number>();
  return {
    take(project, keyId) {
      requirePlace('The number of uploads in progress with this key', ofKey.get(keyId) ?? 0, limits.ofKey);
      requirePlace('The number of uploads in progress of this project', ofProject.get(project) ?? 0, limits.ofProject);
      requirePlace('The number of uploads in progress', all, limits.all);
      all += 1;
      add(ofProject, project, 1);
      add(ofKey, keyId, 1);
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        all -= 1;
        add(ofProject, project, -1);
        add(ofKey, keyId, -1);
      };
    },
  };
}

function requirePlace(what: string, used: number, limit: number): void {
  if (used < limit) return;
  throw new KumikiError('overloaded', { what, limit, retryAfter: `${retryAfterMs / 1_000} s` }, { retryAfterMs });
}

function add(counts: Map<string, number>, name: string, more: number): void {
  const count = (counts.get(name) ?? 0) + more;
  if (count > 0) counts.set(name, count);
  else counts.delete(name);
}
