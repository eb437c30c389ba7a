import type { Token, Tokens } from 'marked';
import { lexBlock } from './lexer.ts';
import { decodeEntities } from './safe-url.ts';
import { emptySplit, splitBlocks } from './split-blocks.ts';

/** A Markdown text without its marks, for places that know none. */
export function plainText(markdown: string): string {
  return splitBlocks(emptySplit, markdown)
    .blocks.map(({ raw, kind }) => {
      const tokens = kind === 'plain' ? null : lexBlock(raw);
      return tokens === null ? raw : blocksText(tokens, '');
    })
    .filter((text) => text !== '')
    .join('\n\n');
}

function blocksText(tokens: readonly Token[], indent: string): string {
  return tokens
    .map((token) => blockText(token as Tokens.Generic, indent))
    .filter((text) => text !== '')
    .join('\n');
}

function blockText(token: Tokens.Generic, indent: string): string {
  switch (token.type) {
    case 'list':
      return (token as Tokens.List).items
        .map((item, index) => {
          const mark = token['ordered'] === true ? `${Number(token['start'] || 1) + index}. ` : '• ';
          return indent + mark + blocksText(item.tokens, `${indent}  `).trimStart();
        })
        .join('\n');
    case 'table': {
      const { header, rows } = token as Tokens.Table;
      return [header, ...rows].map((row) => row.map((cell) => inlineText(cell.tokens)).join('\t')).join('\n');
    }
    case 'code':
    case 'math':
      return String(token['text']);
    case 'blockquote':
      return blocksText(token.tokens ?? [], indent);
    case 'space':
    case 'hr':
      return '';
    default:
      return token.tokens === undefined ? token.raw.trimEnd() : inlineText(token.tokens);
  }
}

function inlineText(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      const { type, tokens: inner, raw, ...rest } = token as Tokens.Generic;
      if (type === 'br') return '\n';
      if (inner !== undefined) return inlineText(inner);
      const text = rest['text'];
      return typeof text === 'string' ? decodeEntities(text) : raw;
    })
    .join('');
}
