import type { Grammar } from '../grammar.ts';
import { createRuleTable, literal } from './gbnf.ts';
import { compileSchema } from './schema-compiler.ts';

/**
 * The GBNF text of a grammar for the spec. Pure. Throws KumikiError `invalid_value` with the place in the schema when
 * the schema is too large, contradicts itself, or uses a keyword that we do not enforce.
 */
export function grammarText(spec: Grammar): string {
  if (spec.kind === 'gbnf') return spec.text;
  const table = createRuleTable();
  switch (spec.kind) {
    case 'json':
      return table.text('object');
    case 'json_schema':
      return table.text(compileSchema(table, spec.schema, 'response_format'));
    case 'wrapped_json_schema': {
      const json = compileSchema(table, spec.schema, 'tools');
      return table.text([spec.before, json, spec.after].map((part, at) => (at === 1 ? part : literal(part))).join(' '));
    }
  }
}
