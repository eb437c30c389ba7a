import { autoChunking, KumikiError, vectorStoreLimits } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import { type Embedder, isTooLong } from '../embedding/embedder.ts';
import type { Revisions } from '../embedding/revisions.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import type { DocumentSource, Reader } from '../reading/create-reader.ts';
import type { ReadEnd } from '../reading/read-reply.ts';
import { documentBytesLimit } from '../reading/reading-limits.ts';
import { embedSegment } from './embed-chunks.ts';
import type { ModelContexts } from './model-contexts.ts';
import { type Claim, complete } from './queue.ts';

export interface IngestDeps {
  readonly database: Database;
  readonly objects: ObjectStore;
  readonly reader: Reader;
  readonly embedder: Embedder;
  readonly revisions: Revisions;
  readonly contexts: ModelContexts;
}

type FailureCode = 'server_error' | 'unsupported_file' | 'invalid_file';

export interface Failed {
  readonly kind: 'failed';
  readonly code: FailureCode;
  readonly message: string;
  /** Set when the file lost too many claims to be tried again. */
  readonly poison?: { readonly claims: number };
}

export type IngestOutcome =
  | { readonly kind: 'completed'; readonly chunks: number }
  | Failed
  /** Another process has the file now, or it was removed. */
  | { readonly kind: 'lost' };

/** Reads and embeds a claimed file. Rejects for failures that may be temporary. */
export async function ingestFile(deps: IngestDeps, claim: Claim, signal: AbortSignal): Promise<IngestOutcome> {
  if (claim.bytes > documentBytesLimit) {
    const message = `The file has ${claim.bytes} bytes; a document may have ${documentBytesLimit}.`;
    return { kind: 'failed', code: 'unsupported_file', message };
  }
  let model = claim.storeModel;
  for (;;) {
    const sizes = sizesFor(claim, model === null ? Number.POSITIVE_INFINITY : deps.contexts.limitOf(model));
    const read = await ingestWith(deps, claim, { ...sizes, model }, signal);
    if (read.kind !== 'smaller') return read;
    model = read.model;
  }
}

/** Shrinks the chunks until the model accepts them, since only its refusal reveals its context length. */
type Smaller = { readonly kind: 'smaller'; readonly model: string };

interface Sizes {
  readonly maxTokens: number;
  readonly overlapTokens: number;
}

function sizesFor(claim: Claim, limitTokens: number): Sizes {
  const wanted = claim.maxChunkTokens ?? autoChunking.maxTokens;
  const maxTokens = Math.min(wanted, limitTokens);
  const overlap = claim.overlapTokens ?? autoChunking.overlapTokens;
  return { maxTokens, overlapTokens: Math.floor((overlap * maxTokens) / wanted) };
}

/** Processes one segment at a time, so that a whole document is never in memory. */
async function ingestWith(
  deps: IngestDeps,
  claim: Claim,
  { maxTokens, overlapTokens, model: known }: Sizes & { readonly model: string | null },
  signal: AbortSignal,
): Promise<IngestOutcome | Smaller> {
  const source: DocumentSource = { bytes: claim.bytes, open: () => deps.objects.read(claim.fileId) };
  const request = { filename: claim.filename, maxTokens, overlapTokens, store: claim.store };
  let model = known;
  for (let from = 0; ;) {
    const { end, batches } = await deps.reader.read(source, { ...request, from }, signal);
    if (!end.ok) return failed(end);
    const full = from === 0 ? await whyFull(deps.database, claim, end.total) : null;
    if (full !== null) return { kind: 'failed', code: 'invalid_file', message: full };
    model ??= await chooseModel(deps, claim);
    if (deps.contexts.limitOf(model) < maxTokens) return { kind: 'smaller', model };
    try {
      const outcome = await embedSegment({ ...deps, claim, model, from, batches, total: end.total, signal });
      if (outcome === 'lost') return { kind: 'lost' };
      if (outcome !== 'done') return { kind: 'failed', code: 'server_error', message: outcome.message };
    } catch (error) {
      if (isTooLong(error) && deps.contexts.tooLong(model, maxTokens)) return { kind: 'smaller', model };
      throw error;
    }
    if (end.next === null) {
      return (await complete(deps.database, claim, end.total))
        ? { kind: 'completed', chunks: end.total }
        : { kind: 'lost' };
    }
    from = end.next;
  }
}

/**
 * The chunks of a store are limited because they slow down its searches, and those of other stores in the same index.
 */
async function whyFull(database: Database, claim: Claim, chunks: number): Promise<string | null> {
  const { rows } = await database.query<{ used: number }>(
    'SELECT chunk_count AS used FROM search.vector_stores WHERE number = $1',
    [claim.store],
  );
  const used = rows[0]?.used ?? 0;
  const { chunksInStore } = vectorStoreLimits;
  if (used + chunks <= chunksInStore) return null;
  return `The vector store may have ${chunksInStore} chunks and has ${used}; this file makes ${chunks}. Use larger chunks or another store.`;
}

function failed({ code, message }: Extract<ReadEnd, { ok: false }>): IngestOutcome {
  return { kind: 'failed', code: code === 'elsewhere' ? 'server_error' : code, message };
}

/** A store keeps the model of its first file, since vectors of different models cannot be compared. */
async function chooseModel(deps: IngestDeps, claim: Claim): Promise<string> {
  const { rows } = await deps.database.query<{ model: string }>(
    `UPDATE search.vector_stores SET embedding_model = coalesce(embedding_model, $2) WHERE number = $1
     RETURNING embedding_model AS model`,
    [claim.store, await deps.embedder.defaultModel(claim.keyId)],
  );
  if (rows[0] === undefined) throw new KumikiError('conflict', { reason: 'The vector store was deleted' });
  return rows[0].model;
}
