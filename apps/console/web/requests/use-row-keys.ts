import { type RefObject, useEffect } from 'react';
import { isComposing } from '../shell/keys.ts';

/** The attribute that marks a row's link. */
export const rowMark = 'data-row-link';

/** j and k move between rows, as in mail and code; Enter follows the link. Ignored while the user types. */
export function useRowKeys(table: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (isComposing(event) || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0;
      const { target } = event;
      if (step === 0 || (target instanceof HTMLElement && isTypedInto(target))) return;
      const links = [...(table.current?.querySelectorAll<HTMLElement>(`[${rowMark}]`) ?? [])];
      const at = links.findIndex((link) => link === document.activeElement);
      const next = links[at === -1 ? 0 : at + step];
      if (next === undefined) return;
      event.preventDefault();
      next.focus();
      next.scrollIntoView({ block: 'nearest' });
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [table]);
}

function isTypedInto(element: HTMLElement): boolean {
  // A dialog over the table has keys of its own.
  return (
    element.isContentEditable || element.closest('input, textarea, select, [role=dialog], [role=listbox]') !== null
  );
}
