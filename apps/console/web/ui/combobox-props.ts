import type { Choice } from './select.tsx';

export interface ComboboxProps {
  /** Its accessible name. */
  readonly label: string;
  readonly value: string | null;
  readonly onChange: (value: string) => void;
  readonly choices: readonly Choice<string>[];
  readonly searchLabel: string;
  /** Shown when nothing matches. */
  readonly emptyText: string;
  readonly placeholder: string;
  readonly className?: string;
}
