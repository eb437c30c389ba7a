import { type RefObject, useLayoutEffect } from 'react';

const isSupported = CSS.supports('field-sizing', 'content');

/** Lets a text area grow with its text where the browser does not do so by itself. */
export function useGrowingHeight(input: RefObject<HTMLTextAreaElement | null>, text: string): void {
  useLayoutEffect(() => {
    const element = input.current;
    if (isSupported || element === null) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [input, text]);
}
