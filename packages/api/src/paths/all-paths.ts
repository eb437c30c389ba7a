import { accountPaths } from './account-paths.ts';
import { consolePaths } from './console-paths.ts';
import { controlPaths } from './control-paths.ts';
import { conversationPaths } from './conversation-paths.ts';
import { gatewayPaths } from './gateway-paths.ts';
import type { PathRow } from './path-row.ts';
import { searchPaths } from './search-paths.ts';

/** The pattern of any row. The types let code use no other paths. */
export type PathPattern = (
  | (typeof gatewayPaths)[number]
  | (typeof conversationPaths)[number]
  | (typeof searchPaths)[number]
  | (typeof accountPaths)[number]
  | (typeof controlPaths)[number]
  | (typeof consolePaths)[number]
)['pattern'];

/** Every route behind the one URL. The gateway refuses any other path. */
export const allPaths: readonly PathRow<PathPattern>[] = [
  ...gatewayPaths,
  ...conversationPaths,
  ...searchPaths,
  ...accountPaths,
  ...controlPaths,
  ...consolePaths,
];
