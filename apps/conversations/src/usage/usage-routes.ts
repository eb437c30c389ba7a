import { projectParamsSchema } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import { checkBody } from '@kumiki/service';
import type { FastifyInstance } from 'fastify';
import { readUsage } from './usage-rows.ts';

/** The usage of projects, as far as this service enforces limits. */
export function addUsageRoutes(app: FastifyInstance, database: Database): void {
  app.get('/v1/kumiki/usage/conversations/:project', async (request) => {
    const { project } = checkBody(projectParamsSchema, request.params, {});
    return { object: 'kumiki.usage', project, ...(await readUsage(database, project)) };
  });
}
