import {
  defaultProjectLimits,
  KumikiError,
  projectParamsSchema,
  type ProjectLimitsList,
  type ProjectLimitsView,
  setProjectLimitsSchema,
} from '@kumiki/api';
import { readBody, whoAsks } from '@kumiki/control';
import type { FastifyInstance } from 'fastify';
import type { Keys } from '../keys/key-ring.ts';
import type { Surroundings } from '../ports/surroundings.ts';
import type { Limits } from './limits-ring.ts';

/** The routes of project limits. */
export function addLimitRoutes(
  app: FastifyInstance,
  { projectLimits, keys }: { readonly projectLimits: Limits; readonly keys: Keys },
  surroundings: Surroundings,
): void {
  const show = (project: string): ProjectLimitsView => ({
    object: 'kumiki.project_limits',
    project,
    limits: projectLimits.of(project).limits,
    own: [...projectLimits.of(project).own],
  });

  app.get('/v1/kumiki/limits', (): ProjectLimitsList => ({
    object: 'list',
    data: projectLimits.projects().map(show),
    defaults: defaultProjectLimits,
  }));

  app.get('/v1/kumiki/limits/:project', (request) => show(readBody(projectParamsSchema, request.params).project));

  app.post('/v1/kumiki/limits/:project', async (request) => {
    const { project } = readBody(projectParamsSchema, request.params);
    const change = readBody(setProjectLimitsSchema, request.body);
    if (Object.keys(change).length === 0) {
      const reason = `it changes nothing; name one of ${Object.keys(defaultProjectLimits).join(', ')}`;
      throw new KumikiError('invalid_value', { param: 'body', reason });
    }
    await projectLimits.set(project, change);
    surroundings.tell({ kind: 'limits.set', subject: project, params: {}, by: whoAsks(keys, request) });
    return show(project);
  });
}
