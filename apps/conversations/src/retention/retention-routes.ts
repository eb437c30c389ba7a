import { KumikiError, projectParamsSchema, type Retention, setRetentionSchema } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import { callerOf, checkBody, type Log } from '@kumiki/service';
import type { FastifyInstance } from 'fastify';
import { readRetention, writeRetention } from './retention-rows.ts';

const path = '/v1/kumiki/projects/:project/retention';

export interface RetentionOptions {
  readonly database: Database;
  readonly log: Log;
  /** The installation's setting for responses. */
  readonly retentionDays: number;
}

/** How long each project keeps responses and conversations. */
export function addRetentionRoutes(app: FastifyInstance, { database, log, retentionDays }: RetentionOptions): void {
  const show = async (project: string): Promise<Retention> => ({
    object: 'kumiki.retention',
    project,
    ...(await readRetention(database, project)),
    default_response_days: retentionDays,
  });

  app.get(path, (request) => show(checkBody(projectParamsSchema, request.params, {}).project));

  app.post(path, async (request) => {
    const { keyId, requestId } = callerOf(request);
    const { project } = checkBody(projectParamsSchema, request.params, {});
    const change = checkBody(setRetentionSchema, request.body ?? {}, {});
    if (Object.keys(change).length === 0) {
      const reason = "it changes nothing; name 'response_days' or 'conversation_days'";
      throw new KumikiError('invalid_value', { param: 'body', reason });
    }
    await writeRetention(database, project, change);
    log.info({ requestId, key_id: keyId, project, ...change }, 'retention changed');
    return show(project);
  });
}
