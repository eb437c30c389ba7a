import { Select as Base } from '@base-ui/react/select';
import { Check, ChevronsUpDown } from 'lucide-react';
import { classes } from './classes.ts';
import { Field, type FieldProps, inputClasses } from './field.tsx';

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** A second line in the list. */
  readonly detail?: string;
}

export interface SelectFieldProps<Value extends string> extends FieldProps {
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly choices: readonly Choice<Value>[];
}

/** One of a few. For many, or where typing finds faster, take the combobox. */
export function SelectField<Value extends string>(props: SelectFieldProps<Value>) {
  const { label, apiName, hint, error, hideLabel, className, value, onChange, choices } = props;
  return (
    <Field {...{ label, apiName, hint, error, hideLabel, className }}>
      <Base.Root<Value> items={choices} value={value} onValueChange={(next) => next !== null && onChange(next)}>
        <Base.Trigger className={classes(inputClasses, 'flex h-9 items-center justify-between gap-2 text-left')}>
          <Base.Value className="truncate" />
          <Base.Icon>
            <ChevronsUpDown aria-hidden className="size-3.5 text-faint" />
          </Base.Icon>
        </Base.Trigger>
        <Base.Portal>
          <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50">
            <Base.Popup className="floating max-h-[min(24rem,var(--available-height))] min-w-[var(--anchor-width)] overflow-auto p-1">
              {choices.map((choice) => (
                <Base.Item
                  key={choice.value}
                  value={choice.value}
                  className="grid grid-cols-[1rem_1fr] items-start gap-2 rounded-md px-2 py-1.5 text-sm outline-none data-[highlighted]:bg-sunken"
                >
                  <span className="pt-0.5">
                    <Base.ItemIndicator>
                      <Check aria-hidden className="size-4 text-accent-text" />
                    </Base.ItemIndicator>
                  </span>
                  <span>
                    <Base.ItemText>{choice.label}</Base.ItemText>
                    {choice.detail !== undefined && <span className="block text-xs text-faint">{choice.detail}</span>}
                  </span>
                </Base.Item>
              ))}
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.Root>
    </Field>
  );
}
