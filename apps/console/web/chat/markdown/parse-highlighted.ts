import { decodeEntities } from './safe-url.ts';

/** A piece of coloured code: its class and what is in it. */
export interface Coloured {
  readonly scope: string;
  readonly children: readonly (string | Coloured)[];
}

/**
 * Reads what highlight.js writes, which is nothing but text and `<span class="hljs-…">`, into values, so that no HTML string
 * is ever given to the browser.
 */
export function parseHighlighted(html: string): readonly (string | Coloured)[] {
  const root: (string | Coloured)[] = [];
  const stack: { readonly scope: string; readonly children: (string | Coloured)[] }[] = [];
  for (const [piece, scope] of html.matchAll(/<span class="([^"]*)">|<\/span>|[^<]+/g)) {
    const into = stack.at(-1)?.children ?? root;
    if (scope !== undefined) {
      const node = { scope, children: [] };
      into.push(node);
      stack.push(node);
    } else if (piece === '</span>') stack.pop();
    else into.push(decodeEntities(piece));
  }
  return root;
}
