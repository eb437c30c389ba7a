import { parentPort, workerData } from 'node:worker_threads';
import { KumikiError } from '@kumiki/api';
import type { PromptingSpec } from '../engine/prompting.ts';
import type { ModelFacts } from '../generation/model-facts.ts';
import { createPrompting } from './create-prompting.ts';
import { draftRequest } from './draft-request.ts';
import type { DraftKind, Drafts, Phase } from './drafts.ts';

/** The body of a thread that prepares requests, one after the other. No native code runs in it, so it can be ended at any time. */

export interface PreparationData {
  readonly facts: ModelFacts;
  readonly prompting: PromptingSpec;
}

export interface PreparationJob {
  readonly kind: DraftKind;
  readonly body: Uint8Array<ArrayBuffer>;
}

export type PreparationMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'phase'; readonly phase: Phase }
  | { readonly type: 'draft'; readonly draft: Drafts[DraftKind] }
  /** A refusal with a row of the table of errors. */
  | {
      readonly type: 'refused';
      readonly code: KumikiError['code'];
      readonly message: string;
      readonly param: string | null;
    }
  | { readonly type: 'failed'; readonly reason: string };

const port = parentPort;
if (port === null) throw new Error('preparation-thread.ts is the body of a worker thread');
const tell = (message: PreparationMessage): void => port.postMessage(message);

const data = workerData as PreparationData;
const prompting = await createPrompting(data.prompting);

port.on('message', ({ kind, body }: PreparationJob) => {
  try {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const draft = draftRequest(kind, bytes, data.facts, prompting, (phase) => tell({ type: 'phase', phase }));
    tell({ type: 'draft', draft });
  } catch (error) {
    if (error instanceof KumikiError) {
      tell({ type: 'refused', code: error.code, message: error.message, param: error.param });
    } else tell({ type: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
tell({ type: 'ready' });
