import { KumikiError, type ChatRequest } from '@kumiki/api';
import { closeTag, openTag } from '../answer/tool-call-parser.ts';
import type { GrammarSpec } from '../engine/grammar.ts';

/** Tool calls in one answer. */
const callLimit = 32;

export interface ToolPlan {
  readonly names: ReadonlySet<string>;
  readonly maxCalls: number;
}

type Tools = NonNullable<ChatRequest['tools']>;

/** Which tools the answer may call; null when it may call none. Throws KumikiError `invalid_value`. */
export function planTools(body: ChatRequest): ToolPlan | null {
  const tools = body.tools ?? [];
  const choice = body.tool_choice ?? 'auto';
  if (tools.length === 0) {
    if (choice === 'none' || choice === 'auto') return null;
    throw new KumikiError('invalid_value', {
      param: 'tool_choice',
      reason: 'it asks for a call and there are no tools',
    });
  }
  const names = new Set(tools.map((tool) => tool.function.name));
  if (typeof choice === 'object' && !names.has(choice.function.name)) {
    const reason = `no tool is named ${choice.function.name}`;
    throw new KumikiError('invalid_value', { param: 'tool_choice.function.name', reason });
  }
  if (choice === 'none') return null;
  // A forced call is a single one: its grammar ends after it.
  return { names, maxCalls: body.parallel_tool_calls === false || choice !== 'auto' ? 1 : callLimit };
}

/** The grammar that the answer must follow; null when it may be any text. */
export function planGrammar(body: ChatRequest): GrammarSpec | null {
  const choice = body.tool_choice ?? 'auto';
  if (choice === 'required') return callGrammar(body.tools ?? []);
  if (typeof choice === 'object') {
    return callGrammar((body.tools ?? []).filter((tool) => tool.function.name === choice.function.name));
  }
  switch (body.response_format?.type) {
    case 'json_object':
      return { kind: 'json' };
    case 'json_schema': {
      const { schema } = body.response_format.json_schema;
      return schema === null || schema === undefined ? { kind: 'json' } : { kind: 'json_schema', schema };
    }
    case 'text':
    case undefined:
      return null;
  }
}

/** A call of one of the tools, in the form that the parser reads. */
function callGrammar(tools: Tools): GrammarSpec {
  const definitions: Record<string, unknown> = {};
  const calls = tools.map((tool, index) => {
    const parameters = tool.function.parameters ?? { type: 'object', properties: {} };
    const place = `tool${index}`;
    definitions[place] = moveReferences(parameters, `#/$defs/${place}`);
    return {
      type: 'object',
      properties: { name: { const: tool.function.name }, arguments: { $ref: `#/$defs/${place}` } },
      required: ['name', 'arguments'],
      additionalProperties: false,
    };
  });
  const only = calls.length === 1 ? calls[0] : undefined;
  const schema = { ...(only ?? { anyOf: calls }), $defs: definitions };
  return { kind: 'wrapped_json_schema', before: `${openTag}\n`, schema, after: `\n${closeTag}` };
}

/** Rewrites references of a schema to itself (`#…`) for its new place. */
function moveReferences(schema: unknown, place: string): unknown {
  if (Array.isArray(schema)) return schema.map((part) => moveReferences(part, place));
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string' && value.startsWith('#')
        ? place + value.slice(1)
        : moveReferences(value, place),
    ]),
  );
}
