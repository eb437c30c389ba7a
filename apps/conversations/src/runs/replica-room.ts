import { KumikiError } from '@kumiki/api';
import type { ClaimRoom } from '@kumiki/postgres/leased';
import { createByteBudget } from './byte-budget.ts';
import type { RunRecord } from './run.ts';

/** Most concurrent runs of one replica. Beyond it a waiting client is refused with a retry time. */
const maxOpenRuns = 1_024;
/** Most background runs among them. Others wait in the database for a replica with capacity. */
const maxBackgroundRuns = 256;
/** Most background runs of one project among those, so that other projects find capacity at once. */
export const maxBackgroundRunsOfProject = 64;
/**
 * Memory of a replica's driven runs, in total and of one project. The budget applies twice: to the requests of the
 * runs, beyond which no more are claimed, and to their contexts, for which runs wait.
 */
export const drivenBytes = { all: 268_435_456, ofProject: 67_108_864 } as const;
/** Most runs of one claim, so that a dead replica's runs spread over the others. */
const maxClaims = 32;

/** The capacity of one replica. */
export interface ReplicaRoom {
  /**
   * Throws KumikiError when there is no capacity for a run with a waiting client. A background run can wait in the
   * database.
   */
  require(project: string, background: boolean): void;
  /**
   * Reserves a place for a background run that is about to be stored; null when there is none.
   * @param claimed resolves when the claim in flight is done, which does not know of the place.
   * @returns a function that gives it back.
   */
  reserve(project: string, claimed: Promise<void>): Promise<(() => void) | null>;
  /** Takes the capacity that a run needs. @returns a function that gives it back. */
  enter(run: Pick<RunRecord, 'id' | 'project' | 'background' | 'bytes'>, stored: boolean): () => void;
  /** What may be claimed; null for nothing. */
  forClaims(): Omit<ClaimRoom, 'suspects'> | null;
  runs(): number;
  /** Runs of a project that are not stored. */
  unstored(project: string): number;
}

export function createReplicaRoom(): ReplicaRoom {
  const open = new Map<string, { readonly project: string; readonly background: boolean; readonly stored: boolean }>();
  const reserved = new Set<{ readonly project: string }>();
  const bytes = createByteBudget(drivenBytes);

  const background = (): { readonly project: string }[] => [...open.values()].filter((run) => run.background);
  const left = (): number => Math.min(maxOpenRuns - open.size, maxBackgroundRuns - background().length) - reserved.size;
  const ofProject = (project: string): number =>
    [...background(), ...reserved].filter((one) => one.project === project).length;

  return {
    runs: () => open.size,
    unstored: (project) => [...open.values()].filter((run) => !run.stored && run.project === project).length,
    require(project, inBackground) {
      if (inBackground || (open.size < maxOpenRuns && bytes.room(project) > 0)) return;
      const limit = `${maxOpenRuns} responses, and ${drivenBytes.ofProject} bytes of requests of one project`;
      throw new KumikiError(
        'overloaded',
        { what: 'This replica of conversations', limit, retryAfter: '1 s' },
        { retryAfterMs: 1_000 },
      );
    },
    async reserve(project, claimed) {
      const hasBytes = (): boolean => bytes.room(project) > 0;
      if (left() <= 0 || ofProject(project) >= maxBackgroundRunsOfProject || !hasBytes()) return null;
      const place = { project };
      const giveBack = (): void => void reserved.delete(place);
      reserved.add(place);
      await claimed;
      if (left() >= 0 && ofProject(project) <= maxBackgroundRunsOfProject && hasBytes()) return giveBack;
      giveBack();
      return null;
    },
    enter(run, stored) {
      const loan = bytes.take(run.project, run.bytes);
      open.set(run.id, { project: run.project, background: stored && run.background, stored });
      return () => {
        open.delete(run.id);
        loan.giveBack();
      };
    },
    forClaims() {
      const rows = left();
      if (rows <= 0) return null;
      const pending = Map.groupBy(reserved, ({ project }) => project);
      return {
        rows: Math.min(rows, maxClaims),
        own: [...open.keys()],
        rowsOfProject: maxBackgroundRunsOfProject,
        bytes: bytes.roomForAll(),
        bytesOfProject: drivenBytes.ofProject,
        pending: new Map([...pending].map(([project, places]) => [project, places.length])),
      };
    },
  };
}
