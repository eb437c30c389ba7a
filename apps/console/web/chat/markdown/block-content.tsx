import type { Token, Tokens } from 'marked';
import { createElement, Fragment, type ReactNode } from 'react';
import { CodeBlock } from './code-block.tsx';
import { inlineContent } from './inline-content.tsx';
import type { MathToken } from './math-extension.ts';
import { MathFormula } from './math-formula.tsx';
import { TableBlock } from './table-block.tsx';

/** Tokens of blocks as elements. Every text becomes a text node: nothing of it is ever markup. */
export function blockContent(tokens: readonly Token[], isOpen = false): ReactNode {
  // Tokens have no other identity than their place, which does not change.
  return tokens.map((token, index) => <Fragment key={index}>{oneBlock(token as Tokens.Generic, isOpen)}</Fragment>);
}

function oneBlock(token: Tokens.Generic, isOpen: boolean): ReactNode {
  switch (token.type) {
    case 'space':
    case 'def':
      return null;
    case 'heading':
      // The page and the turn have the first two levels.
      return createElement(`h${Math.min(6, Number(token['depth']) + 2)}`, { dir: 'auto' }, inlineContent(token.tokens));
    case 'paragraph':
      return <p dir="auto">{inlineContent(token.tokens)}</p>;
    case 'text':
      return token.tokens === undefined ? token['text'] : inlineContent(token.tokens);
    case 'code':
      return <CodeBlock code={String(token['text'])} language={String(token['lang'] ?? '')} isClosed={!isOpen} />;
    case 'blockquote':
      return <blockquote dir="auto">{blockContent(token.tokens ?? [])}</blockquote>;
    case 'list':
      return <ListBlock list={token as Tokens.List} />;
    case 'table':
      return <TableBlock table={token as Tokens.Table} />;
    case 'hr':
      return <hr />;
    case 'math':
      return <MathFormula token={token as MathToken} />;
    default:
      // HTML and all other tokens: the source text.
      return <p dir="auto">{token.raw}</p>;
  }
}

function ListBlock({ list }: { readonly list: Tokens.List }) {
  const items = list.items.map((item, index) => (
    // eslint-disable-next-line react/no-array-index-key -- items have no other identity
    <li key={index} dir="auto" className={item.task ? 'task' : undefined}>
      {item.task && <TaskMark done={item.checked === true} />}
      {blockContent(item.tokens.filter(({ type }) => type !== 'checkbox'))}
    </li>
  ));
  if (!list.ordered) return <ul>{items}</ul>;
  return <ol start={typeof list.start === 'number' ? list.start : 1}>{items}</ol>;
}

function TaskMark({ done }: { readonly done: boolean }) {
  return (
    <span role="img" aria-label={done ? '✓' : '–'} className="task-mark">
      {done ? '☑' : '☐'}
    </span>
  );
}
