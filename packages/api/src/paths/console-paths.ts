import { pathGroup, type PathRow } from './path-row.ts';

const everybody = pathGroup('console', null);

/** The pages of the console: all that is not under `/v1`. */
export const consolePaths = [everybody.get('/'), everybody.get('/*')] as const satisfies readonly PathRow[];
