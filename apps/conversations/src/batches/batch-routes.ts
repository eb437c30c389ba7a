import { KumikiError } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import { callerOf, checkBody, type GatewayClient } from '@kumiki/service';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { createBatchSchema, listBatchesSchema } from './rows/batch-body.ts';
import { cancelBatch, createBatch, listBatches, readBatch } from './rows/batch-store.ts';
import { toBatchObject } from './rows/batch.ts';

export interface BatchRouteOptions {
  readonly database: Database;
  readonly gateway: GatewayClient;
}

interface BatchPath {
  readonly Params: { readonly id: string };
}

/** `/v1/batches` of the OpenAI API. */
export function addBatchRoutes(app: FastifyInstance, options: BatchRouteOptions): void {
  const { database } = options;
  app.post('/v1/batches', (request) => create(options, request));
  app.get('/v1/batches', (request) => list(database, request));
  app.get<BatchPath>('/v1/batches/:id', (request) =>
    readBatch(database, callerOf(request).project, request.params.id).then(toBatchObject),
  );
  app.post<BatchPath>('/v1/batches/:id/cancel', (request) =>
    cancelBatch(database, callerOf(request).project, request.params.id).then(toBatchObject),
  );
}

async function create({ database, gateway }: BatchRouteOptions, request: FastifyRequest): Promise<unknown> {
  const caller = callerOf(request);
  const body = checkBody(createBatchSchema, request.body, {});
  await checkInputFile(gateway, caller.keyId, body.input_file_id);
  const idempotencyKey = request.headers['idempotency-key'];
  return toBatchObject(await createBatch(database, { ...caller, idempotencyKey }, body));
}

async function list(database: Database, request: FastifyRequest): Promise<unknown> {
  const page = checkBody(listBatchesSchema, request.query, {});
  const { rows, hasMore } = await listBatches(database, callerOf(request).project, page);
  return {
    object: 'list',
    data: rows.map(toBatchObject),
    first_id: rows[0]?.id ?? null,
    last_id: rows.at(-1)?.id ?? null,
    has_more: hasMore,
  };
}

/** Fails at creation for a file that does not exist or has another purpose, instead of later in the driver. */
async function checkInputFile(gateway: GatewayClient, keyId: string, fileId: string): Promise<void> {
  let purpose: string;
  try {
    const file = await gateway.json(
      { method: 'GET', path: `/v1/files/${encodeURIComponent(fileId)}`, keyId },
      z.object({ purpose: z.string() }),
    );
    purpose = file.purpose;
  } catch (error) {
    if (!(error instanceof KumikiError) || error.status !== 404) throw error;
    throw new KumikiError('not_found', { what: 'file', id: fileId }, { param: 'input_file_id' });
  }
  if (purpose !== 'batch') {
    const reason = `the file has the purpose '${purpose}'; upload it with the purpose 'batch'`;
    throw new KumikiError('invalid_value', { param: 'input_file_id', reason });
  }
}
