import type { ModelService } from '@kumiki/api';

/** A ModelService as the API server has it. */
export interface ClusterService {
  readonly manifest: ModelService;
  readonly namespace: string;
  readonly uid: string;
  readonly generation: number;
  /** Unix seconds. */
  readonly created: number;
  readonly deleting: boolean;
  readonly status: Readonly<Record<string, unknown>>;
}
