/** Rules of a grammar in llama.cpp's GBNF, each body kept once. */
export interface RuleTable {
  /** The name of a rule with this body; equal bodies share one name. */
  rule(body: string): string;
  /** A name for a rule whose body is {@link RuleTable.define}d later: how recursion is written. */
  reserve(): string;
  define(name: string, body: string): void;
  text(root: string): string;
  /** Characters of all bodies so far. */
  size(): number;
}

/**
 * Rules for JSON itself. Blanks are at most one space after a colon or a comma, numbers and exponents have a limit of
 * digits: without such limits a small model can write blanks or digits until its budget ends. `\u` escapes exclude
 * surrogates, because a lone one is not text.
 */
const jsonRules = {
  ws: '" "?',
  value: 'object | array | string | number | boolean | null',
  object: '"{" (pair ("," ws pair)*)? "}"',
  pair: 'string ":" ws value',
  array: '"[" (value ("," ws value)*)? "]"',
  string: '"\\"" char* "\\""',
  char: '[^"\\\\\\x00-\\x1F\\x7F] | "\\\\" (["\\\\/bfnrt] | "u" ([0-9a-cA-CefEF] hex | [dD] [0-7]) hex hex)',
  hex: '[0-9a-fA-F]',
  integer: '"-"? ("0" | [1-9] [0-9]{0,15})',
  number: 'integer ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,2})?',
  boolean: '"true" | "false"',
  null: '"null"',
} as const;

export function createRuleTable(): RuleTable {
  const rules = new Map<string, string>(Object.entries(jsonRules));
  const names = new Map<string, string>([...rules].map(([name, body]) => [body, name]));
  let size = 0;
  let next = 0;
  const define = (name: string, body: string): void => {
    rules.set(name, body);
    size += body.length;
  };
  const reserve = (): string => `r${next++}`;
  return {
    reserve,
    define,
    rule(body) {
      if (rules.has(body)) return body;
      const known = names.get(body);
      if (known !== undefined) return known;
      const name = reserve();
      names.set(body, name);
      define(name, body);
      return name;
    },
    text: (root) => [`root ::= ${root}`, ...[...rules].map(([name, body]) => `${name} ::= ${body}`), ''].join('\n'),
    size: () => size,
  };
}

/** A quoted GBNF literal of any text. */
export function literal(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&').replace(/\p{Cc}/gu, hexEscape)}"`;
}

function hexEscape(control: string): string {
  return `\\x${control.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** The one spelling of a JSON value that a grammar accepts for a constant. */
export function jsonLiteral(value: unknown): string {
  return literal(JSON.stringify(value));
}
