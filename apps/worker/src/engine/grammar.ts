/** A JSON schema as it arrives in a request: checked by the engine that compiles it. */
export type JsonSchema = boolean | { readonly [key: string]: unknown };
