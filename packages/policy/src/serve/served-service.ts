import type { ModelService } from '@kumiki/api';
import type { Resolution } from './target.ts';

/** A manifest that was applied, and its resolution on this installation. */
export interface ServedService {
  readonly manifest: ModelService;
  /** Unix seconds of its first apply. */
  readonly created: number;
  readonly resolution: Resolution;
}
