import type { ProjectUsage } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import type { FastifyInstance } from 'fastify';
import { usageOf } from './project-usage.ts';

/** `GET /v1/kumiki/usage/files/{project}`, for admins. An unknown project has no usage. */
export function addUsageRoute(app: FastifyInstance, database: Database): void {
  app.get<{ Params: { project: string } }>(
    '/v1/kumiki/usage/files/:project',
    async (request): Promise<ProjectUsage> => {
      const { project } = request.params;
      return { object: 'kumiki.usage', project, ...(await usageOf(database, project)) };
    },
  );
}
