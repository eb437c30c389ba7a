import { defaultProjectLimits } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import { openResponse } from '../../answer/response-object.ts';
import { newId } from '../../ids/new-id.ts';
import { insertRun } from '../../runs/run-store.ts';

/** Stores an open response, as a request for one does. @returns its id. */
export async function storeResponse(database: Database, project: string, retentionDays: number): Promise<string> {
  const id = newId('resp');
  const request = { model: 'demo', input: 'hello' };
  const response = openResponse(id, request, 1_760_000_000);
  const events = [{ type: 'response.created', sequence_number: 0 }];
  const owner = { project, keyId: 'key', requestId: 'req', traceparent: null };
  const place = { input: [], conversationId: null, inChat: false, retentionDays, limits: defaultProjectLimits };
  await insertRun(database, 'test', { ...owner, ...place, id, request, response, events });
  return id;
}
