import { cloneElement } from 'react';
import { createLazyPart } from './lazy-part.ts';
import type { MenuProps } from './menu-props.ts';

const usePopup = createLazyPart(() => import('./menu-popup.tsx'));

/** A list of things to do, behind a button. What opens is loaded when somebody reaches for it. */
export function Menu(props: MenuProps) {
  const { part, wasAsked, reach } = usePopup();
  if (part !== null) return <part.MenuPopup {...props} defaultOpen={wasAsked} />;
  return cloneElement(props.trigger, { 'aria-haspopup': 'menu', 'aria-expanded': false, ...reach });
}
