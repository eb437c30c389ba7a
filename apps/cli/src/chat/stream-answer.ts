import { pathTo } from '@kumiki/api';
import { sseEvents } from '@kumiki/openai';
import type { Connection } from '../client/connect.ts';
import { call, isAbort } from '../client/http-client.ts';
import { orWhichModels } from '../client/list-models.ts';
import { CliError } from '../host/cli-error.ts';

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface Answer {
  readonly content: string;
  readonly finishReason: string | null;
  readonly usage: unknown;
  /** Whether the user stopped it before its end. */
  readonly stopped: boolean;
}

/** Sampling options as the API names them; the model's defaults when absent. */
export interface Sampling {
  readonly temperature?: number;
  readonly max_completion_tokens?: number;
}

export interface Question {
  readonly connection: Connection;
  readonly model: string;
  readonly messages: readonly Message[];
  readonly sampling: Sampling;
  readonly signal: AbortSignal;
}

interface Chunk {
  readonly error?: { readonly message?: string };
  readonly usage?: unknown;
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string | null };
    readonly finish_reason?: string | null;
  }[];
}

/**
 * Asks a model and passes the text on as it comes. An abort closes the connection, so that the engine stops too. Throws
 * CliError when the product refuses or the stream ends before the answer does.
 */
export async function streamAnswer(question: Question, onText: (text: string) => void): Promise<Answer> {
  const { connection, model, messages, sampling, signal } = question;
  let content = '';
  let finishReason: string | null = null;
  let usage: unknown = null;
  try {
    const body = { model, messages, stream: true, stream_options: { include_usage: true }, ...sampling };
    const reply = call(connection, pathTo('/v1/chat/completions'), { method: 'POST', body, signal });
    const response = await orWhichModels(connection, model, reply);
    if (response.body === null) throw new CliError('The server sent no answer.');
    for await (const { data } of sseEvents(response.body)) {
      if (data === '[DONE]') return { content, finishReason, usage, stopped: false };
      const chunk = JSON.parse(data) as Chunk;
      if (chunk.error !== undefined) throw new CliError(chunk.error.message ?? 'The answer failed.');
      const choice = chunk.choices?.[0];
      const text = choice?.delta?.content ?? '';
      if (text !== '') onText(text);
      content += text;
      finishReason = choice?.finish_reason ?? finishReason;
      usage = chunk.usage ?? usage;
    }
  } catch (error) {
    if (signal.aborted && isAbort(error)) return { content, finishReason, usage, stopped: true };
    if (error instanceof CliError) throw error;
    throw new CliError(`The answer was cut short: ${(error as Error).message}.`);
  }
  throw new CliError('The answer was cut short: the stream ended before it did.');
}
