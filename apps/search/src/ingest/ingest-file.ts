import { autoChunking, KumikiError } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import { chunkDocument } from '../chunk/chunk-document.ts';
import { type Embedder, isTooLong } from '../embedding/embedder.ts';
import type { Revisions } from '../embedding/revisions.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { parseDocument } from '../parse/parse-document.ts';
import { documentBytesLimit } from '../parse/parse-limits.ts';
import type { ParsedBlock } from '../parse/parse-result.ts';
import { embedChunks } from './embed-chunks.ts';
import type { ModelContexts } from './model-contexts.ts';
import { type Claim, complete } from './queue.ts';

export interface IngestDeps {
  readonly database: Database;
  readonly objects: ObjectStore;
  readonly embedder: Embedder;
  readonly revisions: Revisions;
  readonly contexts: ModelContexts;
}

export type FailureCode = 'server_error' | 'unsupported_file' | 'invalid_file';

export type IngestOutcome =
  | { readonly kind: 'completed'; readonly chunks: number }
  | { readonly kind: 'failed'; readonly code: FailureCode; readonly message: string }
  /** Somebody else has the file now, or nobody wants it any more. */
  | { readonly kind: 'lost' };

/** Parses, chunks and embeds a claimed file. Rejects for what may pass another time. */
export async function ingestFile(deps: IngestDeps, claim: Claim, signal: AbortSignal): Promise<IngestOutcome> {
  if (claim.bytes > documentBytesLimit) {
    const message = `The file has ${claim.bytes} bytes; a document may have ${documentBytesLimit}.`;
    return { kind: 'failed', code: 'unsupported_file', message };
  }
  const parsed = await parseDocument({ data: await readAll(deps.objects, claim), filename: claim.filename }, signal);
  if (!parsed.ok) return { kind: 'failed', code: parsed.code, message: parsed.message };
  const model = claim.storeModel ?? (await chooseModel(deps, claim));
  return embedInContext(deps, claim, model, parsed.blocks.map(clean), signal);
}

/** Smaller and smaller chunks until the model takes them: how long its context is, only its refusal tells. */
async function embedInContext(
  deps: IngestDeps,
  claim: Claim,
  model: string,
  blocks: readonly ParsedBlock[],
  signal: AbortSignal,
): Promise<IngestOutcome> {
  for (;;) {
    const wanted = claim.maxChunkTokens ?? autoChunking.maxTokens;
    const maxTokens = Math.min(wanted, deps.contexts.limitOf(model));
    const overlap = claim.overlapTokens ?? autoChunking.overlapTokens;
    const overlapTokens = Math.floor((overlap * maxTokens) / wanted);
    const chunks = chunkDocument(blocks, { maxTokens, overlapTokens });
    try {
      const outcome = await embedChunks({ ...deps, claim, model, chunks, signal });
      if (outcome === 'lost') return { kind: 'lost' };
      if (outcome !== 'done') return { kind: 'failed', code: 'server_error', message: outcome.message };
    } catch (error) {
      if (isTooLong(error) && deps.contexts.tooLong(model, maxTokens)) continue;
      throw error;
    }
    return (await complete(deps.database, claim, chunks.length))
      ? { kind: 'completed', chunks: chunks.length }
      : { kind: 'lost' };
  }
}

async function readAll(objects: ObjectStore, claim: Claim): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of objects.read(claim.fileId)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The store keeps the model that its first file was embedded with: vectors of two models cannot be compared. */
async function chooseModel(deps: IngestDeps, claim: Claim): Promise<string> {
  const { rows } = await deps.database.query<{ model: string }>(
    `UPDATE search.vector_stores SET embedding_model = coalesce(embedding_model, $2) WHERE number = $1
     RETURNING embedding_model AS model`,
    [claim.store, await deps.embedder.defaultModel(claim.keyId)],
  );
  if (rows[0] === undefined) throw new KumikiError('conflict', { reason: 'The vector store was deleted' });
  return rows[0].model;
}

/** A database keeps no zero characters and no halves of characters. */
function clean(block: ParsedBlock): ParsedBlock {
  return { ...block, text: block.text.replaceAll('\0', ' ').toWellFormed() };
}
