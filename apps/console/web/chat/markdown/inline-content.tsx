import type { Token, Tokens } from 'marked';
import { Fragment, type ReactNode } from 'react';
import { CitedText } from './citation-context.tsx';
import { DirectionMarks } from './direction-marks.tsx';
import { ImageNotice } from './image-notice.tsx';
import type { MathToken } from './math-extension.ts';
import { MathFormula } from './math-formula.tsx';
import { decodeEntities, safeLink } from './safe-url.ts';

/** Tokens inside of a line as elements. */
export function inlineContent(tokens: readonly Token[] | undefined): ReactNode {
  return tokens?.map((token, index) => <Fragment key={index}>{oneInline(token)}</Fragment>);
}

function oneInline(token: Tokens.Generic): ReactNode {
  switch (token.type) {
    case 'text':
      return token.tokens === undefined ? (
        <CitedText text={decodeEntities(String(token['text']))} />
      ) : (
        inlineContent(token.tokens)
      );
    case 'escape':
      return String(token['text']);
    case 'strong':
      return <strong>{inlineContent(token.tokens)}</strong>;
    case 'em':
      return <em>{inlineContent(token.tokens)}</em>;
    case 'del':
      return <del>{inlineContent(token.tokens)}</del>;
    case 'codespan':
      return (
        <code dir="ltr">
          <DirectionMarks text={String(token['text'])} />
        </code>
      );
    case 'br':
      return <br />;
    case 'link':
      return <SafeLink href={String(token['href'])}>{inlineContent(token.tokens)}</SafeLink>;
    case 'image':
      return <ImageNotice source={String(token['href'])} text={decodeEntities(String(token['text'] ?? ''))} />;
    case 'math':
      return <MathFormula token={token as MathToken} />;
    case 'html':
      return /^<br\s*\/?>$/i.test(token.raw) ? <br /> : token.raw;
    default:
      return token.raw;
  }
}

/** A link that opens in another tab without a referrer or opener. An unsafe link is shown as text with its address. */
function SafeLink({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  const safe = safeLink(href);
  if (safe === null) {
    return (
      <span>
        {children} <bdi className="dead-link">({href.slice(0, shownAddress)})</bdi>
      </span>
    );
  }
  return (
    <a href={safe} target="_blank" rel="noopener noreferrer" title={safe.slice(0, shownAddress)}>
      <bdi>{children}</bdi>
    </a>
  );
}

const shownAddress = 300;
