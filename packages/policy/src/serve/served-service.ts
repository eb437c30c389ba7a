import type { ModelService } from '@kumiki/api';
import type { Resolution } from './target.ts';

/** A manifest that an installation holds, and what became of it there. */
export interface ServedService {
  readonly manifest: ModelService;
  /** Unix seconds of its first apply. */
  readonly created: number;
  readonly resolution: Resolution;
}
