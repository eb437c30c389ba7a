import { meSchema } from '../kumiki/me.ts';
import { modelPaths } from './model-paths.ts';
import { pathGroup, type PathRow } from './path-row.ts';

const any = pathGroup('gateway', 'any');

/** All routes that the gateway answers itself. */
export const gatewayPaths = [
  ...modelPaths,
  any.get('/v1/kumiki/me', { reply: meSchema }),
] as const satisfies readonly PathRow[];
