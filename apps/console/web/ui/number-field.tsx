import { NumberField as Base } from '@base-ui/react/number-field';
import { Minus, Plus } from 'lucide-react';
import { type RefObject, useId } from 'react';

const stepClasses =
  'inline-flex size-9 items-center justify-center text-soft hover:bg-sunken hover:text-ink data-[disabled]:opacity-40';

/** A whole number that is typed or stepped to, by arrow keys too. */
export function NumberField({
  label,
  value,
  onChange,
  min,
  max,
  lessLabel,
  moreLabel,
  inputRef,
}: {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly min: number;
  readonly max: number;
  readonly lessLabel: string;
  readonly moreLabel: string;
  readonly inputRef?: RefObject<HTMLInputElement | null>;
}) {
  const id = useId();
  return (
    <Base.Root
      id={id}
      value={value}
      min={min}
      max={max}
      onValueChange={(next) => next !== null && onChange(Math.round(next))}
      className="grid justify-items-start gap-1"
    >
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <Base.Group className="inline-flex overflow-hidden rounded-lg border border-line-strong/60 bg-raised">
        <Base.Decrement aria-label={lessLabel} className={stepClasses}>
          <Minus aria-hidden className="size-4" />
        </Base.Decrement>
        <Base.Input
          ref={inputRef}
          className="w-16 border-x border-line -outline-offset-2 bg-transparent text-center text-sm tabular-nums"
        />
        <Base.Increment aria-label={moreLabel} className={stepClasses}>
          <Plus aria-hidden className="size-4" />
        </Base.Increment>
      </Base.Group>
    </Base.Root>
  );
}
