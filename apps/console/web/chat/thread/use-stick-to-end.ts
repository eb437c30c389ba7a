import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** Nearer to the end than this counts as there. */
const nearPixels = 64;

/**
 * Keeps the end of a growing text in sight, unless the user has scrolled away.
 * @param sent changes when a message was sent, which scrolls to the answer.
 */
export function useStickToEnd(
  scroller: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
  sent: string | null,
): { readonly hasNews: boolean; readonly toEnd: () => void } {
  const sticks = useRef(true);
  const [hasNews, setHasNews] = useState(false);
  const toEnd = useCallback((): void => {
    const element = scroller.current;
    if (element === null) return;
    sticks.current = true;
    setHasNews(false);
    element.scrollTop = element.scrollHeight;
  }, [scroller]);

  useLayoutEffect(() => {
    toEnd();
  }, [toEnd, sent]);

  useEffect(() => {
    const element = scroller.current;
    const inner = content.current;
    if (element === null || inner === null) return undefined;
    let top = element.scrollTop;
    let bottom = inner.getBoundingClientRect().height;
    const onScroll = (): void => {
      const isNear = element.scrollHeight - element.clientHeight - element.scrollTop < nearPixels;
      // Only a person scrolls up; growth and our own steps go down.
      if (isNear) sticks.current = true;
      else if (element.scrollTop < top) sticks.current = false;
      if (isNear) setHasNews(false);
      top = element.scrollTop;
    };
    const onGrowth = (): void => {
      const { height } = inner.getBoundingClientRect();
      if (sticks.current) element.scrollTop = element.scrollHeight;
      else if (height > bottom + 1) setHasNews(true);
      bottom = height;
      top = element.scrollTop;
    };
    const observer = new ResizeObserver(onGrowth);
    observer.observe(inner);
    observer.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, [scroller, content]);

  return { hasNews, toEnd };
}
