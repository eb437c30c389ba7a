import {
  defaultProjectLimits,
  KumikiError,
  type ProjectLimitName,
  type ProjectLimits,
  projectLimitsSchema,
  type ProjectLimitsRecord,
  projectLimitsRecordSchema,
  type SetProjectLimits,
} from '@kumiki/api';
import { encodeState, readStateFile, refuseStart, type StateKind, writeFileAtomic } from '@kumiki/service/folder';
import { z } from 'zod';

/** Most projects with limits of their own; their file stays far below its size limit. */
const maxProjects = 10_000;

const storedSchema = z
  .array(projectLimitsRecordSchema.extend({ limits: projectLimitsSchema.partial() }))
  .max(maxProjects);

/** Enough for 10,000 names of 128 characters with seven numbers each. */
const maxFileBytes = 16_777_216;

type Stored = z.infer<typeof storedSchema>;

const limitsFile: StateKind<Stored> = {
  what: 'The limits of projects',
  schema: storedSchema,
  maxBytes: maxFileBytes,
  former: null,
};

/** The limits that were set for a project. */
type OwnLimits = Partial<ProjectLimits>;

/** The limits of all projects. */
export interface LimitsRing {
  /** The effective limits of a project, and which of them were set for it. */
  of(project: string): { readonly limits: ProjectLimits; readonly own: readonly ProjectLimitName[] };
  /** Projects with limits of their own, by name. */
  projects(): readonly string[];
  /** A member that is left out stays as it is, null resets it to the default. */
  set(project: string, change: SetProjectLimits): Promise<void>;
  /** The snapshot for gateways. */
  snapshot(): readonly ProjectLimitsRecord[];
  /** Calls back with every new snapshot. Who changed the limits waits until it has been heard. */
  onChange(listener: (records: readonly ProjectLimitsRecord[]) => unknown): void;
}

/** What routes need of the limits, wherever they are stored. */
export type Limits = Pick<LimitsRing, 'of' | 'projects' | 'set'>;

/** Reads the stored limits. Throws KumikiError `conflict` for a damaged file, since the defaults might allow more. */
export function openLimitsRing(path: string): LimitsRing {
  const read = readStateFile(path, limitsFile);
  if (read.kind === 'damaged') {
    refuseStart(path, read.reason, 'Put back a copy of it, or delete it, and all projects have the defaults.');
  }
  let byProject: ReadonlyMap<string, OwnLimits> = new Map(
    read.kind === 'found' ? read.value.map(({ project, limits }) => [project, withoutAbsent(limits)]) : [],
  );
  const listeners = new Set<(records: readonly ProjectLimitsRecord[]) => unknown>();
  const limitsOf = (project: string): ProjectLimits => ({ ...defaultProjectLimits, ...byProject.get(project) });

  const ring: LimitsRing = {
    of: (project) => ({
      limits: limitsOf(project),
      own: Object.keys(byProject.get(project) ?? {}) as ProjectLimitName[],
    }),
    projects: () => [...byProject.keys()].toSorted(),
    async set(project, change) {
      const own: Partial<Record<ProjectLimitName, number>> = { ...byProject.get(project) };
      for (const [name, value] of Object.entries(change) as [ProjectLimitName, number | null | undefined][]) {
        if (value === null) delete own[name];
        else if (value !== undefined) own[name] = value;
      }
      const next = new Map(byProject);
      if (Object.keys(own).length === 0) next.delete(project);
      else next.set(project, own);
      if (next.size > maxProjects) {
        const reason = `${maxProjects} projects have limits of their own, which is the limit; give some the defaults`;
        throw new KumikiError('conflict', { reason });
      }
      const stored = [...next].map(([name, limits]) => ({ project: name, limits }));
      writeFileAtomic(path, encodeState(limitsFile, stored));
      byProject = next;
      await Promise.all([...listeners].map((listener) => listener(ring.snapshot())));
    },
    snapshot: () => [...byProject.keys()].map((project) => ({ project, limits: limitsOf(project) })),
    onChange: (listener) => void listeners.add(listener),
  };
  return ring;
}

function withoutAbsent(limits: Stored[number]['limits']): OwnLimits {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}
