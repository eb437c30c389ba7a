import { Slider as Base } from '@base-ui/react/slider';
import type { ReactNode } from 'react';

export interface SliderFieldProps {
  readonly label: ReactNode;
  readonly apiName?: string;
  /** null is the server's own value. */
  readonly value: number | null;
  readonly fallback: number;
  readonly onChange: (value: number) => void;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly format: (value: number) => string;
}

/** A number between two others. */
export function SliderField(props: SliderFieldProps) {
  const { label, apiName, value, fallback, onChange, min, max, step, format } = props;
  const shown = value ?? fallback;
  return (
    <Base.Root
      value={shown}
      onValueChange={(next) => onChange(Array.isArray(next) ? (next[0] ?? shown) : next)}
      {...{ min, max, step }}
      className="grid grid-cols-[1fr_auto] gap-y-1"
    >
      <Base.Label className="text-sm font-medium">
        {label}
        {apiName !== undefined && <code className="ml-1.5 font-mono text-xs font-normal text-faint">{apiName}</code>}
      </Base.Label>
      <span className="text-sm text-soft tabular-nums">{format(shown)}</span>
      <Base.Control className="col-span-2 flex h-6 touch-none items-center">
        <Base.Track className="h-1.5 w-full rounded-full bg-sunken ring-1 ring-line ring-inset">
          <Base.Indicator className="rounded-full bg-accent" />
          <Base.Thumb className="size-4 rounded-full border-2 border-accent bg-raised" />
        </Base.Track>
      </Base.Control>
    </Base.Root>
  );
}
