import { type RefObject, startTransition, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** Turns that are rendered at once, and in each later step. */
const firstTurns = 4;
const stepTurns = 3;

const anchors = CSS.supports('overflow-anchor', 'auto');

/**
 * How many turns, from the end, are rendered: a few at first, then more while the browser is idle, until all are. The
 * scroll position is kept.
 */
export function useProgressiveCount(
  total: number,
  scroller: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
): number {
  const [mounted, setMounted] = useState(firstTurns);
  const count = Math.min(total, mounted);
  const height = useRef(0);

  useEffect(() => {
    if (mounted >= total) return undefined;
    // Once all are there, a new one is simply one more.
    const next = (before: number): number => (before + stepTurns >= total ? Infinity : before + stepTurns);
    return whenIdle(() => startTransition(() => setMounted(next)));
  }, [mounted, total]);

  // Where the browser does not hold what is seen in its place, this does.
  useLayoutEffect(() => {
    const element = scroller.current;
    const now = content.current?.getBoundingClientRect().height ?? 0;
    if (!anchors && element !== null && height.current > 0 && now > height.current) {
      element.scrollTop += now - height.current;
    }
    height.current = now;
  }, [count, scroller, content]);

  return count;
}

function whenIdle(work: () => void): () => void {
  if (typeof requestIdleCallback === 'undefined') {
    const timer = setTimeout(work, 30);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(work, { timeout: 500 });
  return () => cancelIdleCallback(handle);
}
