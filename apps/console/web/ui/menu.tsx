import { cloneElement } from 'react';
import { createLazyPart } from './lazy-part.ts';
import type { MenuProps } from './menu-props.ts';

const usePopup = createLazyPart(() => import('./menu-popup.tsx'));

/** A list of actions behind a button. Its popup is loaded on first hover or focus. */
export function Menu(props: MenuProps) {
  const { part, wasAsked, reach } = usePopup();
  if (part !== null) return <part.MenuPopup {...props} defaultOpen={wasAsked} />;
  return cloneElement(props.trigger, { 'aria-haspopup': 'menu', 'aria-expanded': false, ...reach });
}
