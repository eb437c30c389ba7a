import { Download, WrapText } from 'lucide-react';
import { memo, type ReactNode, useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { IconButton } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { DirectionMarks } from './direction-marks.tsx';
import { markdownLimits } from './limits.ts';
import type { Coloured } from './parse-highlighted.ts';
import { Pieces } from './plain-text.tsx';

/** A block of code with its language, to copy, to save, to wrap. It is coloured once it is whole. */
export const CodeBlock = memo(function CodeBlock({
  code,
  language,
  isClosed,
}: {
  readonly code: string;
  readonly language: string;
  readonly isClosed: boolean;
}) {
  const t = useTranslations('chat.markdown');
  const shell = useTranslations('shell');
  const [wrapped, setWrapped] = useState(false);
  const name = /^[\w+#.-]{1,32}/.exec(language)?.[0] ?? '';
  const coloured = useHighlighted(code, name, isClosed);
  return (
    <figure className="code-block">
      <figcaption>
        <span className="language">{name === '' ? t('code') : name}</span>
        <IconButton icon={WrapText} label={t('wrap')} pressed={wrapped} onClick={() => setWrapped(!wrapped)} />
        <IconButton icon={Download} label={t('download')} onClick={() => save(code, name)} />
        <CopyButton text={code} label={t('copyCode')} doneLabel={shell('copied')} />
      </figcaption>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <pre
        tabIndex={0}
        dir="ltr"
        aria-label={t('codeIn', { language: name === '' ? t('code') : name })}
        className={classes(wrapped && 'wrapped')}
      >
        {code.length > markdownLimits.highlightedCharacters ? (
          <Pieces text={code} />
        ) : (
          <code>{coloured === null ? <DirectionMarks text={code} /> : coloured.map(colouredNode)}</code>
        )}
      </pre>
    </figure>
  );
});

function colouredNode(node: string | Coloured, index: number): ReactNode {
  // eslint-disable-next-line react/no-array-index-key -- pieces of code have no other identity
  if (typeof node === 'string') return <DirectionMarks key={index} text={node} />;
  return (
    // eslint-disable-next-line react/no-array-index-key
    <span key={index} className={node.scope}>
      {node.children.map(colouredNode)}
    </span>
  );
}

/** The highlighted code; null until it is ready. The result for an earlier code is not shown. */
function useHighlighted(code: string, language: string, isClosed: boolean): readonly (string | Coloured)[] | null {
  const [done, setDone] = useState<{ readonly code: string; readonly nodes: readonly (string | Coloured)[] } | null>(
    null,
  );
  const wanted = isClosed && language !== '' && code.length <= markdownLimits.highlightedCharacters;
  useEffect(() => {
    if (!wanted) return undefined;
    let current = true;
    void import('./highlight.ts').then(({ highlight }) => {
      if (!current) return;
      const nodes = highlight(code, language.toLowerCase());
      if (nodes !== null) setDone({ code, nodes });
    });
    return () => {
      current = false;
    };
  }, [wanted, code, language]);
  return done?.code === code ? done.nodes : null;
}

const endings: Readonly<Record<string, string>> = {
  python: 'py',
  javascript: 'js',
  typescript: 'ts',
  markdown: 'md',
  bash: 'sh',
  shell: 'sh',
  rust: 'rs',
  ruby: 'rb',
  yaml: 'yaml',
  text: 'txt',
};

function save(code: string, language: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([code], { type: 'text/plain;charset=utf-8' }));
  link.download = `code.${endings[language] ?? (/^[a-z\d]{1,8}$/.test(language) ? language : 'txt')}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), revokeMs);
}

const revokeMs = 10_000;
