import {
  type Item,
  isOpen,
  listMember,
  memberOf,
  type Pace,
  type ResponseBody,
  type ShownTurn,
  textMember,
} from './turn.ts';

/** An event of a response's stream as it comes over the wire. */
export type StreamEvent = Readonly<Record<string, unknown>> & {
  readonly type: string;
  readonly sequence_number: number;
};

export type Applied =
  /** The turn with the event in it; the same object when it had been applied before. */
  | { readonly kind: 'applied'; readonly turn: ShownTurn }
  /** Events before this one are missing: the stream has to be opened again after the last that is known. */
  | { readonly kind: 'gap' };

/**
 * Puts the next event of its stream into a turn. Events that it contains already change nothing, and none is skipped, so
 * that the text is the stored one to the character however often the stream breaks.
 * @param now milliseconds of a clock that never goes back.
 */
export function applyEvent(turn: ShownTurn, event: StreamEvent, now: number): Applied {
  const sequence: unknown = event.sequence_number;
  // The error at the end of a stream that a gateway cuts is not part of the answer: the next attempt shows the reason.
  if (typeof sequence !== 'number') return { kind: 'gap' };
  if (sequence <= turn.last_sequence) return { kind: 'applied', turn };
  if (sequence > turn.last_sequence + 1) return { kind: 'gap' };
  const response = nextResponse(turn.response, event);
  const pace = event.type.endsWith('.delta') ? nextPace(turn.pace, now) : turn.pace;
  const next: ShownTurn = { ...turn, response, pace, last_sequence: sequence };
  return { kind: 'applied', turn: isOpen(turn) && !isOpen(next) ? withTiming(next, now) : next };
}

/** Replaces the streamed state with a response that was fetched as a whole. */
export function applyStored(turn: ShownTurn, response: ResponseBody, now: number): ShownTurn {
  if (!isOpen(turn)) return turn;
  return withTiming({ ...turn, response }, now);
}

function nextPace(pace: Pace, now: number): Pace {
  return { ...pace, firstAt: pace.firstAt ?? now, lastAt: now, pieces: pace.pieces + 1 };
}

/** Values from the server are preferred to those that this tab measured. */
function withTiming(turn: ShownTurn, now: number): ShownTurn {
  const { askedAt, firstAt } = turn.pace;
  if (askedAt === null) return turn;
  const { queued_ms, first_token_ms, total_ms } = turn.timing;
  return {
    ...turn,
    timing: {
      queued_ms,
      first_token_ms: first_token_ms ?? (firstAt === null ? null : firstAt - askedAt),
      total_ms: total_ms ?? now - askedAt,
    },
  };
}

function nextResponse(response: ResponseBody, event: StreamEvent): ResponseBody {
  const whole = event['response'];
  if (typeof whole === 'object' && whole !== null) return whole as ResponseBody;
  const index = event['output_index'];
  if (typeof index !== 'number') return response;
  const before = response.output[index];
  const after = nextItem(before, event);
  if (after === undefined || after === before) return response;
  const output = [...response.output];
  output[index] = after;
  return { ...response, output };
}

/** Kinds of text in a content part, by the name that its events begin with. */
const textNames: Readonly<Record<string, string>> = {
  output_text: 'text',
  reasoning_text: 'text',
  refusal: 'refusal',
};

function nextItem(item: Item | undefined, event: StreamEvent): Item | undefined {
  const [, noun = '', verb = ''] = /^response\.(\w+)\.([\w.]+)$/.exec(event.type) ?? [];
  if (noun === 'output_item') return event['item'] as Item;
  if (item === undefined) return undefined;
  if (noun === 'content_part') return withPart(item, event, () => event['part']);
  const textName = textNames[noun];
  if (textName !== undefined) return withPart(item, event, (part) => nextPart(part, textName, verb, event));
  if (noun === 'function_call_arguments') {
    const whole = event['arguments'];
    const text = typeof whole === 'string' ? whole : textMember(item, 'arguments') + textMember(event, 'delta');
    return { ...item, arguments: text };
  }
  if (noun.endsWith('_call')) return { ...item, status: verb };
  return item;
}

function nextPart(part: unknown, textName: string, verb: string, event: StreamEvent): unknown {
  if (verb === 'delta') return { ...partOf(part), [textName]: textMember(part, textName) + textMember(event, 'delta') };
  if (verb === 'done') return { ...partOf(part), [textName]: textMember(event, textName) };
  if (verb !== 'annotation.added') return part;
  const annotations = [...listMember(part, 'annotations')];
  const at = event['annotation_index'];
  annotations[typeof at === 'number' ? at : annotations.length] = event['annotation'];
  return { ...partOf(part), annotations };
}

function partOf(part: unknown): Readonly<Record<string, unknown>> {
  return typeof part === 'object' && part !== null ? (part as Record<string, unknown>) : {};
}

function withPart(item: Item, event: StreamEvent, change: (part: unknown) => unknown): Item {
  const index = memberOf(event, 'content_index');
  if (typeof index !== 'number') return item;
  const content = [...listMember(item, 'content')];
  content[index] = change(content[index]);
  return { ...item, content };
}
