import { consolePaths } from './console-paths.ts';
import { controlPaths } from './control-paths.ts';
import { conversationPaths } from './conversation-paths.ts';
import { modelPaths } from './model-paths.ts';
import type { PathRow } from './path-row.ts';
import { searchPaths } from './search-paths.ts';

/** Every route behind the one URL. What is not here does not exist. */
export const allPaths: readonly PathRow[] = [
  ...modelPaths,
  ...conversationPaths,
  ...searchPaths,
  ...controlPaths,
  ...consolePaths,
];
