import type { LucideIcon } from 'lucide-react';
import type { ReactElement } from 'react';
import type { ButtonProps } from './button.tsx';

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
