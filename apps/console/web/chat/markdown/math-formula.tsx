import { useEffect, useRef, useState } from 'react';
import { markdownLimits } from './limits.ts';
import type { MathToken } from './math-extension.ts';

/** KaTeX is large and most answers have no formula, so it is loaded with the first one. */
function loadKatex() {
  return import('katex').then((module) => module.default);
}

/** A formula as MathML, which the browser draws by itself: no fonts, no styles. Until it is there, its source. */
export function MathFormula({ token }: { readonly token: MathToken }) {
  const { text, display, closed } = token;
  const host = useRef<HTMLSpanElement>(null);
  const [drawn, setDrawn] = useState(false);
  const drawable = closed && text.length <= markdownLimits.mathCharacters;
  useEffect(() => {
    setDrawn(false);
    if (!drawable) return undefined;
    let current = true;
    loadKatex()
      .then((katex) => {
        if (!current || host.current === null) return;
        katex.render(text, host.current, { ...options, displayMode: display });
        setDrawn(true);
      })
      // A formula that cannot be parsed is shown as its source.
      .catch(() => undefined);
    return () => {
      current = false;
    };
  }, [text, display, drawable]);
  return (
    <span className={display ? 'math-display' : 'math-inline'}>
      {!drawn && <code className="math-source">{text}</code>}
      <span ref={host} hidden={!drawn} />
    </span>
  );
}

const options = {
  output: 'mathml',
  throwOnError: true,
  trust: false,
  strict: 'ignore',
  maxSize: 20,
  maxExpand: 200,
  errorColor: 'currentColor',
} as const;
