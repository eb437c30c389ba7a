import {
  callIndexOf,
  type ChatChunk,
  type ChatChunkChoice,
  contentOf,
  reasoningOf,
  type ToolCallDelta,
  type Usage,
} from '@kumiki/openai';
import { outputItemId } from '../ids/new-id.ts';
import { type CitationFinder, createCitationFinder, type Passage } from './citations.ts';
import type { ResponseEvent } from './response-event.ts';
import {
  type Item,
  type ResponseErrorCode,
  type ResponseObject,
  type ResponseStatus,
  showUsage,
} from './response-object.ts';

export interface MachineOptions {
  /** The response before any output. */
  readonly response: ResponseObject;
  readonly includeLogprobs: boolean;
  readonly includeResults: boolean;
}

/** A search result as the item shows it. */
export type SearchResult = Readonly<Record<string, unknown>>;

type TextKind = 'output_text' | 'refusal' | 'reasoning_text';

interface OpenText {
  readonly kind: TextKind;
  readonly outputIndex: number;
  readonly contentIndex: number;
  text: string;
  readonly annotations: unknown[];
  readonly logprobs: unknown[];
  /** null when there is nothing to cite. */
  readonly citations: CitationFinder | null;
}

/** An output item that is being generated. */
interface OpenItem {
  readonly outputIndex: number;
  readonly id: string;
  readonly kind: 'message' | 'reasoning' | 'function_call';
  readonly content: unknown[];
  readonly call: { readonly index: number; readonly callId: string; readonly name: string } | null;
  args: string;
}

/**
 * Turns an answer's chat chunks into the events of a response. It is deterministic: no clock, no randomness, and ids
 * derived from the response's own. The same calls give the same events, so a driver that takes over a run replays the
 * stored frames and continues.
 */
export class AnswerMachine {
  readonly #options: MachineOptions;
  #response: ResponseObject;
  #output: Item[] = [];
  #events: ResponseEvent[] = [];
  #nextSeq = 0;
  #item: OpenItem | null = null;
  #text: OpenText | null = null;
  #passages: readonly Passage[] = [];
  #usage: Usage | null = null;
  #finish: string | null = null;
  /** Calls that the model has begun. */
  #calls = 0;
  #searching = false;
  #ended = false;

  constructor(options: MachineOptions) {
    this.#options = options;
    this.#response = options.response;
  }

  /** The events since the last call. */
  take(): readonly ResponseEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** The current response; its output includes unfinished items. */
  response(): ResponseObject {
    const open = this.#item === null ? [] : [this.#showItem(this.#item, 'in_progress')];
    return { ...this.#response, output: [...this.#output, ...open] };
  }

  /** Why the model stopped; null while it has not. */
  finishReason(): string | null {
    return this.#finish;
  }

  open(): void {
    this.#emit('response.created', { response: this.response() });
    if (this.#response.status === 'queued') this.#emit('response.queued', { response: this.response() });
  }

  start(): void {
    this.#response = { ...this.#response, status: 'in_progress' };
    this.#emit('response.in_progress', { response: this.response() });
  }

  searchBegins(): void {
    const at = { item_id: this.#itemId('fs'), output_index: this.#output.length };
    const item = this.#searchItem('in_progress', [], null);
    this.#searching = true;
    this.#emit('response.output_item.added', { output_index: at.output_index, item });
    this.#emit('response.file_search_call.in_progress', at);
    this.#emit('response.file_search_call.searching', at);
  }

  /** @param passages that the model may cite, in the order of their numbers. */
  searchEnds(queries: readonly string[], results: readonly SearchResult[], passages: readonly Passage[]): void {
    const item = this.#searchItem('completed', queries, this.#options.includeResults ? results : null);
    const at = { item_id: item.id, output_index: this.#output.length };
    this.#passages = passages;
    this.#searching = false;
    this.#output.push(item);
    this.#emit('response.file_search_call.completed', at);
    this.#emit('response.output_item.done', { output_index: at.output_index, item });
  }

  feed(chunk: ChatChunk): void {
    if (chunk.usage != null) this.#usage = chunk.usage;
    for (const choice of chunk.choices) {
      if (choice.index === 0) this.#feedChoice(choice);
    }
  }

  /** Ends the response with the model's finish reason. @param completedAt Unix seconds. */
  complete(completedAt: number): void {
    const reason =
      this.#finish === 'length' ? 'max_output_tokens' : this.#finish === 'content_filter' ? 'content_filter' : null;
    // An empty answer still has a message item.
    if (this.#item === null && !this.#output.some(({ type }) => type !== 'file_search_call')) {
      this.#openText('output_text');
    }
    this.#closeItem(reason === null ? 'completed' : 'incomplete');
    if (reason === null) this.#end('completed', 'response.completed', { completed_at: completedAt });
    else this.#end('incomplete', 'response.incomplete', { incomplete_details: { reason } });
  }

  /** Ends the response as cancelled and keeps the output so far. */
  cancel(): void {
    this.#breakOff();
    this.#end('cancelled', 'response.incomplete', {});
  }

  fail(code: ResponseErrorCode, message: string): void {
    this.#breakOff();
    this.#emit('error', errorFields(code, message));
    this.#end('failed', 'response.failed', { error: { code, message } });
  }

  #breakOff(): void {
    if (this.#searching) {
      const item = this.#searchItem('incomplete', [], null);
      this.#searching = false;
      this.#output.push(item);
      this.#emit('response.output_item.done', { output_index: this.#output.length - 1, item });
    }
    this.#closeItem('incomplete');
  }

  #end(status: ResponseStatus, type: string, fields: Partial<ResponseObject>): void {
    if (this.#ended) throw new Error('the response has ended already');
    this.#ended = true;
    const usage = this.#usage === null ? null : showUsage(this.#usage);
    this.#response = { ...this.#response, ...fields, status, usage };
    this.#emit(type, { response: this.response() });
  }

  #feedChoice({ delta, logprobs, finish_reason: finish }: ChatChunkChoice): void {
    const reasoning = reasoningOf(delta);
    if (reasoning !== null && reasoning !== '') this.#addText('reasoning_text', reasoning, []);
    const content = contentOf(delta);
    if (content !== null && content !== '') {
      this.#addText('output_text', content, this.#options.includeLogprobs ? (logprobs?.content ?? []) : []);
    }
    if (delta.refusal != null && delta.refusal !== '') this.#addText('refusal', delta.refusal, []);
    for (const call of delta.tool_calls ?? []) this.#addCall(call);
    if (finish != null) this.#finish = finish;
  }

  #addText(kind: TextKind, text: string, logprobs: readonly unknown[]): void {
    if (this.#text?.kind !== kind) this.#openText(kind);
    const part = this.#text;
    const item = this.#item;
    if (part === null || item === null) return;
    part.text += text;
    // Pushed one by one: a server may send more than the maximum number of arguments.
    for (const logprob of logprobs) part.logprobs.push(logprob);
    const at = { item_id: item.id, output_index: part.outputIndex, content_index: part.contentIndex };
    this.#emit(`response.${kind}.delta`, { ...at, delta: text, ...(kind === 'output_text' ? { logprobs } : {}) });
    for (const annotation of part.citations?.push(text) ?? []) {
      const annotationIndex = part.annotations.push(annotation) - 1;
      const type = 'response.output_text.annotation.added';
      this.#emit(type, { ...at, annotation_index: annotationIndex, annotation });
    }
  }

  /** Opens the item and the part for this kind of text. */
  #openText(kind: TextKind): void {
    const wanted = kind === 'reasoning_text' ? 'reasoning' : 'message';
    if (this.#item?.kind !== wanted) {
      this.#openItem({ kind: wanted, id: this.#itemId(wanted === 'message' ? 'msg' : 'rs'), call: null });
    }
    this.#closeText();
    const item = this.#item;
    if (item === null) return;
    const { outputIndex } = item;
    const contentIndex = item.content.length;
    const cites = kind === 'output_text' && this.#passages.length > 0;
    const citations = cites ? createCitationFinder(this.#passages) : null;
    this.#text = { kind, outputIndex, contentIndex, text: '', annotations: [], logprobs: [], citations };
    const part = showText(this.#text);
    const at = { item_id: item.id, output_index: outputIndex, content_index: contentIndex };
    this.#emit('response.content_part.added', { ...at, part });
  }

  #addCall(delta: ToolCallDelta): void {
    const index = callIndexOf(delta, this.#calls);
    this.#calls = Math.max(this.#calls, index + 1);
    if (this.#item?.call?.index !== index) {
      // Calls come one after the other. A delta for a call that is already closed is ignored.
      if (delta.function?.name === undefined) return;
      // Gemini sends an empty id.
      const callId = delta.id || this.#itemId('call');
      this.#openItem({
        kind: 'function_call',
        id: this.#itemId('fc'),
        call: { index, callId, name: delta.function.name },
      });
    }
    const item = this.#item;
    const args = delta.function?.arguments ?? '';
    if (item === null || args === '') return;
    item.args += args;
    const at = { item_id: item.id, output_index: item.outputIndex };
    this.#emit('response.function_call_arguments.delta', { ...at, delta: args });
  }

  #openItem(start: Pick<OpenItem, 'kind' | 'id' | 'call'>): void {
    this.#closeItem('completed');
    this.#item = { ...start, outputIndex: this.#output.length, content: [], args: '' };
    const item = this.#showItem(this.#item, 'in_progress');
    this.#emit('response.output_item.added', { output_index: this.#item.outputIndex, item });
  }

  #closeItem(status: 'completed' | 'incomplete'): void {
    this.#closeText();
    const item = this.#item;
    if (item === null) return;
    const at = { item_id: item.id, output_index: item.outputIndex };
    if (item.call !== null) {
      const { name } = item.call;
      this.#emit('response.function_call_arguments.done', { ...at, name, arguments: item.args });
    }
    const shown = this.#showItem(item, status);
    this.#item = null;
    this.#output.push(shown);
    this.#emit('response.output_item.done', { output_index: at.output_index, item: shown });
  }

  #closeText(): void {
    const open = this.#text;
    const item = this.#item;
    if (open === null || item === null) return;
    const at = { item_id: item.id, output_index: open.outputIndex, content_index: open.contentIndex };
    const part = showText(open);
    this.#text = null;
    item.content.push(part);
    const body = open.kind === 'refusal' ? { refusal: open.text } : { text: open.text };
    const logprobs = open.kind === 'output_text' ? { logprobs: open.logprobs } : {};
    this.#emit(`response.${open.kind}.done`, { ...at, ...body, ...logprobs });
    this.#emit('response.content_part.done', { ...at, part });
  }

  #showItem(item: OpenItem, status: string): Item {
    const { id } = item;
    if (item.call !== null) {
      const { callId, name } = item.call;
      return { id, type: 'function_call', status, arguments: item.args, call_id: callId, name };
    }
    const content = this.#text === null ? [...item.content] : [...item.content, showText(this.#text)];
    if (item.kind === 'reasoning') return { id, type: 'reasoning', status, summary: [], content };
    return { id, type: 'message', status, role: 'assistant', content };
  }

  #searchItem(status: string, queries: readonly string[], results: readonly SearchResult[] | null): Item {
    return { id: this.#itemId('fs'), type: 'file_search_call', status, queries, results };
  }

  /** Id of the next item; the open item is closed first. */
  #itemId(prefix: string): string {
    return outputItemId(prefix, this.#response.id, this.#output.length + (this.#item === null ? 0 : 1));
  }

  #emit(type: string, fields: Readonly<Record<string, unknown>>): void {
    this.#events.push({ type, sequence_number: this.#nextSeq++, ...fields });
  }
}

/** The fields of an error event. */
export function errorFields(code: ResponseErrorCode, message: string): Readonly<Record<string, unknown>> {
  const type = code === 'invalid_prompt' || code === 'poisonous_request' ? 'invalid_request_error' : 'server_error';
  return { code, message, param: null, error: { type, code, message, param: null } };
}

function showText({ kind, text, annotations, logprobs }: OpenText): Readonly<Record<string, unknown>> {
  if (kind === 'refusal') return { type: 'refusal', refusal: text };
  if (kind === 'reasoning_text') return { type: 'reasoning_text', text };
  return { type: 'output_text', text, annotations: [...annotations], logprobs: [...logprobs] };
}
