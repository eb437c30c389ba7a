import { lazy, Suspense, useLayoutEffect, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { classes } from '../ui/classes.ts';
import type { Answer } from './stream-answer.ts';

const Markdown = lazy(() => import('../chat/markdown/markdown.tsx').then((module) => ({ default: module.Markdown })));

/** Within this distance from the end the view follows new text. */
const nearPixels = 32;

/**
 * Text of a model, which is untrusted: rendered as in the chat, which runs and loads nothing, or shown raw. The end
 * stays in sight until the user scrolls up.
 */
export function AnswerText({
  answer,
  open,
  raw,
  label,
  height,
}: {
  readonly answer: Answer | null;
  /** Shown as it is, and not as Markdown. */
  readonly raw: boolean;
  /** Whether more may come. */
  readonly open: boolean;
  readonly label: string;
  readonly height: string;
}) {
  const t = useTranslations('playground');
  const box = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  useLayoutEffect(() => {
    if (answer?.state === 'waiting') follows.current = true;
    if (open && follows.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [answer, open]);
  return (
    <div
      ref={box}
      role="region"
      aria-label={t('answerOf', { label })}
      aria-busy={open}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < nearPixels;
      }}
      className={classes('shrink-0 overflow-y-auto px-4 py-3 -outline-offset-2', height)}
    >
      {answer === null ? <p className="text-sm text-faint">{t('nothingYet')}</p> : <Said {...{ answer, open, raw }} />}
    </div>
  );
}

function Said({ answer, open, raw }: { readonly answer: Answer; readonly open: boolean; readonly raw: boolean }) {
  const t = useTranslations('playground');
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3 text-sm leading-6">
      {answer.reasoning !== '' && (
        <details className="rounded-lg bg-sunken px-3 py-2 text-soft">
          <summary className="cursor-pointer text-xs font-medium">{t('reasoning')}</summary>
          <p dir="auto" className="mt-1 wrap-anywhere whitespace-pre-wrap">
            {answer.reasoning}
          </p>
        </details>
      )}
      {raw || answer.text === '' ? (
        <RawText text={answer.text} open={open} />
      ) : (
        <Suspense fallback={<RawText text={answer.text} open={open} />}>
          <Markdown text={answer.text} isOpen={open} />
        </Suspense>
      )}
      {answer.toolCalls.map((call, index) => (
        // eslint-disable-next-line react/no-array-index-key -- calls come in their order and stay there
        <div key={index} className="rounded-lg bg-code px-3 py-2 font-mono text-xs">
          <span className="font-medium">{call.name}</span>
          <pre className="mt-1 wrap-anywhere whitespace-pre-wrap">{call.arguments}</pre>
        </div>
      ))}
      {answer.error !== null && <ErrorNotice error={answer.error} />}
    </div>
  );
}

function RawText({ text, open }: { readonly text: string; readonly open: boolean }) {
  if (text === '' && !open) return null;
  return (
    <p dir="auto" className="wrap-anywhere whitespace-pre-wrap">
      {text}
      {open && (
        <span
          aria-hidden
          className="ml-0.5 inline-block h-4 w-1.5 translate-y-0.5 animate-pulse rounded-sm bg-accent"
        />
      )}
    </p>
  );
}
