import { parseSync } from 'vite';
import { isProduct, lineAt, read, sourceFiles } from '../repository/source-files.ts';

export interface FoundExpression {
  /** `file:line` */
  readonly place: string;
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

export interface FoundExpressions {
  readonly literals: readonly FoundExpression[];
  /** Places that build an expression from other text. */
  readonly made: readonly { readonly place: string; readonly file: string }[];
}

/** Every regular expression in the product's sources. */
export function findRegularExpressions(): FoundExpressions {
  const literals: FoundExpression[] = [];
  const made: { place: string; file: string }[] = [];
  for (const file of sourceFiles.filter(isProduct)) {
    const text = read(file);
    const { program, errors } = parseSync(file, text);
    if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
    visit(program, (node) => {
      const place = (): string => `${file}:${lineAt(text, Number(node['start']))}`;
      const { regex } = node as { regex?: { pattern: string; flags: string } };
      if (node['type'] === 'Literal' && regex !== undefined) {
        literals.push({ place: place(), file, source: regex.pattern, flags: regex.flags });
      }
      const { callee } = node as { callee?: { type?: string; name?: string } };
      if (callee?.type === 'Identifier' && callee.name === 'RegExp') made.push({ place: place(), file });
    });
  }
  return { literals, made };
}

type Node = Readonly<Record<string, unknown>>;

function visit(root: unknown, see: (node: Node) => void): void {
  const stack: unknown[] = [root];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    if (!Array.isArray(next)) see(next as Node);
    for (const value of Object.values(next)) if (typeof value === 'object') stack.push(value);
  }
}
