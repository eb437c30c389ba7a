/** A JSON schema as it arrives in a request: checked by the engine that compiles it. */
export type JsonSchema = boolean | { readonly [key: string]: unknown };

/** The form that an answer must have. */
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

/** The same, or its translation for llama.cpp. */
export type Grammar = GrammarSpec | { readonly kind: 'gbnf'; readonly text: string };
