import type { LucideIcon } from 'lucide-react';
import { cloneElement, type ReactElement } from 'react';
import type { ButtonProps } from './button.tsx';
import { createLazyPart } from './lazy-part.ts';

export interface MenuEntry {
  readonly label: string;
  readonly icon?: LucideIcon;
  readonly onSelect: () => void;
  readonly danger?: boolean;
  readonly off?: boolean;
}

export interface MenuProps {
  /** The button that opens it. */
  readonly trigger: ReactElement<ButtonProps>;
  /** `null` is a line. */
  readonly entries: readonly (MenuEntry | null)[];
  readonly align?: 'start' | 'end';
}

const usePopup = createLazyPart(() => import('./menu-popup.tsx'));

/** A list of things to do, behind a button. What opens is loaded when somebody reaches for it. */
export function Menu(props: MenuProps) {
  const { part, wasAsked, reach } = usePopup();
  if (part !== null) return <part.MenuPopup {...props} defaultOpen={wasAsked} />;
  return cloneElement(props.trigger, { 'aria-haspopup': 'menu', 'aria-expanded': false, ...reach });
}
