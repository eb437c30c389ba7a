import { type RefCallback, useCallback, useState } from 'react';

/**
 * How many of a long list to draw: a first portion, and more as its end comes into sight. Give `endRef` to what stands at
 * the end, best a button that calls `grow`, so that the keyboard reaches the rest too.
 */
export function useGrowing(
  total: number,
  portion: number,
): { readonly shown: number; readonly grow: () => void; readonly endRef: RefCallback<HTMLElement> } {
  const [wanted, setWanted] = useState(portion);
  const grow = useCallback(() => setWanted((before) => before + portion), [portion]);
  const endRef = useCallback(
    (element: HTMLElement | null) => {
      if (element === null) return undefined;
      const seen = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && grow());
      seen.observe(element);
      return () => seen.disconnect();
    },
    // A new observer after each portion: one that stays in sight tells only once.
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `wanted` is what makes it new
    [grow, wanted],
  );
  return { shown: Math.min(total, wanted), grow, endRef };
}
