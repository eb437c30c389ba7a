/** A JSON schema as it arrives in a request: checked by the engine that compiles it. */
export type JsonSchema = boolean | { readonly [key: string]: unknown };

/** What an answer must look like. */
export type GrammarSpec =
  | { readonly kind: 'json' }
  | { readonly kind: 'json_schema'; readonly schema: JsonSchema }
  /** Fixed text, then JSON of the schema, then fixed text: a tool call. */
  | {
      readonly kind: 'wrapped_json_schema';
      readonly before: string;
      readonly schema: JsonSchema;
      readonly after: string;
    };

/** The same, or what llama.cpp makes of it. */
export type Grammar = GrammarSpec | { readonly kind: 'gbnf'; readonly text: string };
