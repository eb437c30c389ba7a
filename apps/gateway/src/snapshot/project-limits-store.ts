import { type ProjectLimitsRecord, writeProjectLimits } from '@kumiki/api';

/** The limits of projects, as services get them in a header. */
export interface ProjectLimitsStore {
  replace(records: readonly ProjectLimitsRecord[]): void;
  /** The value of the header, made once for each snapshot; null for a project with the defaults. */
  headerOf(project: string): string | null;
}

export function createProjectLimitsStore(initial: readonly ProjectLimitsRecord[]): ProjectLimitsStore {
  let byProject = index(initial);
  return {
    replace(records) {
      byProject = index(records);
    },
    headerOf: (project) => byProject.get(project) ?? null,
  };
}

function index(records: readonly ProjectLimitsRecord[]): ReadonlyMap<string, string> {
  return new Map(records.map(({ project, limits }) => [project, writeProjectLimits(limits)]));
}
