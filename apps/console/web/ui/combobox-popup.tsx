import { Combobox as Base } from '@base-ui/react/combobox';
import { Check } from 'lucide-react';
import type { ReactElement } from 'react';
import type { ComboboxProps } from './combobox-props.ts';
import type { Choice } from './select.tsx';

/** The button and what it opens, open at once when it was asked for. */
export function ComboboxPopup({
  label,
  value,
  onChange,
  choices,
  searchLabel,
  emptyText,
  trigger,
  defaultOpen,
}: Omit<ComboboxProps, 'placeholder' | 'className'> & {
  readonly trigger: ReactElement;
  readonly defaultOpen: boolean;
}) {
  const selected = choices.find((choice) => choice.value === value) ?? null;
  return (
    <Base.Root
      defaultOpen={defaultOpen}
      items={choices}
      value={selected}
      onValueChange={(next: Choice<string> | null) => next !== null && onChange(next.value)}
      isItemEqualToValue={(a: Choice<string>, b: Choice<string>) => a.value === b.value}
    >
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="start" className="z-50">
          <Base.Popup className="floating w-72 max-w-[calc(100vw-1rem)] p-1" aria-label={label}>
            <Base.Input
              aria-label={searchLabel}
              placeholder={searchLabel}
              className="mb-1 h-8 w-full rounded-md border border-line bg-surface px-2 text-sm"
            />
            <Base.Empty className="px-2 py-1.5 text-sm text-faint empty:hidden">{emptyText}</Base.Empty>
            <Base.List className="max-h-72 overflow-auto">
              {(choice: Choice<string>) => (
                <Base.Item
                  key={choice.value}
                  value={choice}
                  className="grid grid-cols-[1rem_1fr] gap-2 rounded-md px-2 py-1.5 text-sm outline-none data-[highlighted]:bg-sunken"
                >
                  <Base.ItemIndicator className="pt-0.5">
                    <Check aria-hidden className="size-4 text-accent-text" />
                  </Base.ItemIndicator>
                  <span className="col-start-2 min-w-0">
                    <span className="block truncate">{choice.label}</span>
                    {choice.detail !== undefined && <span className="block text-xs text-faint">{choice.detail}</span>}
                  </span>
                </Base.Item>
              )}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
