import type { Usage } from './usage.ts';

/** The wire shapes of `/v1/chat/completions`. Fields that some servers leave out are optional here. */

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'function_call';

export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[] | null;
  readonly top_logprobs: readonly {
    readonly token: string;
    readonly logprob: number;
    readonly bytes: readonly number[] | null;
  }[];
}

export interface ChatLogprobs {
  content: TokenLogprob[] | null;
  refusal?: TokenLogprob[] | null;
}

export interface ToolCall {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

export interface ToolCallDelta {
  /** Absent in the streams of some servers, which send each call whole. */
  readonly index?: number;
  readonly id?: string | null;
  readonly type?: 'function';
  readonly function?: { readonly name?: string; readonly arguments?: string };
}

/** A part of a content that is a list, as Mistral's models that reason stream it. */
export interface ContentPart {
  readonly type?: string;
  readonly text?: unknown;
  readonly thinking?: string | readonly ContentPart[] | null;
}

export interface ChatDelta {
  readonly role?: string;
  /** To be read by `contentOf` and `reasoningOf`. */
  readonly content?: string | readonly ContentPart[] | null;
  readonly refusal?: string | null;
  /** Thoughts before the answer, as SGLang, llama.cpp and DeepSeek stream them. */
  readonly reasoning_content?: string | null;
  /** The same as vLLM and OpenRouter name it. */
  readonly reasoning?: string | null;
  readonly tool_calls?: readonly ToolCallDelta[] | null;
}

export interface ChatChunkChoice {
  readonly index: number;
  readonly delta: ChatDelta;
  readonly finish_reason?: FinishReason | null;
  readonly logprobs?: ChatLogprobs | null;
}

export interface ChatChunk {
  readonly id: string;
  readonly object: 'chat.completion.chunk';
  readonly created: number;
  readonly model: string;
  readonly choices: readonly ChatChunkChoice[];
  readonly usage?: Usage | null;
  readonly system_fingerprint?: string | null;
  readonly service_tier?: string | null;
}

export interface ChatMessage {
  role: string;
  content: string | null;
  refusal: string | null;
  reasoning_content?: string;
  tool_calls?: ToolCall[];
}

export interface ChatChoice {
  index: number;
  message: ChatMessage;
  /** null in a completion that was rebuilt from an unfinished stream. */
  finish_reason: FinishReason | null;
  logprobs: ChatLogprobs | null;
}

export interface ChatCompletion {
  id: string;
  object: 'chat.completion';
  created: number;
  model: string;
  choices: ChatChoice[];
  usage?: Usage;
  system_fingerprint?: string;
  service_tier?: string;
}
