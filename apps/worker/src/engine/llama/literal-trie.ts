import { literal, type RuleTable } from './gbnf.ts';

interface TrieNode {
  ends: boolean;
  readonly next: Map<string, TrieNode>;
}

/**
 * A rule for one of several texts, common beginnings written once: the native grammar follows all alternatives that
 * still match in parallel, so a plain list of a thousand texts would cost a thousand times as much as one.
 */
export function oneOfTexts(table: RuleTable, texts: readonly string[]): string {
  const root: TrieNode = { ends: false, next: new Map() };
  for (const text of texts) {
    let node = root;
    for (const character of text) {
      const next = node.next.get(character) ?? { ends: false, next: new Map() };
      node.next.set(character, next);
      node = next;
    }
    node.ends = true;
  }
  return table.rule(body(table, root));
}

function body(table: RuleTable, node: TrieNode): string {
  const parts = [...node.next].map(([character, next]) => branch(table, character, next));
  return [...parts, ...(node.ends ? ['""'] : [])].join(' | ');
}

/** One alternative: the common prefix of the texts, then a rule for the rest. */
function branch(table: RuleTable, character: string, node: TrieNode): string {
  let text = character;
  let at = node;
  for (;;) {
    const [only] = at.next;
    if (at.ends || at.next.size !== 1 || only === undefined) break;
    text += only[0];
    at = only[1];
  }
  return at.next.size === 0 ? literal(text) : `${literal(text)} ${table.rule(body(table, at))}`;
}
