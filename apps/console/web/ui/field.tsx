import { Field as Base } from '@base-ui/react/field';
import type { ComponentProps, ReactNode } from 'react';
import { classes } from './classes.ts';

export interface FieldProps {
  readonly label: ReactNode;
  /** The API's own name of it, shown beside the label, so that what is seen here can be found in the documents. */
  readonly apiName?: string | undefined;
  readonly hint?: ReactNode;
  readonly error?: ReactNode;
  readonly hideLabel?: boolean | undefined;
  readonly className?: string | undefined;
}

/** A label, what is entered, and what is wrong with it, tied together for screen readers. */
export function Field({
  label,
  apiName,
  hint,
  error,
  hideLabel,
  className,
  children,
}: FieldProps & { readonly children: ReactNode }) {
  return (
    <Base.Root invalid={error != null && error !== ''} className={classes('grid content-start gap-1', className)}>
      <Base.Label className={hideLabel === true ? 'sr-only' : 'text-sm font-medium'}>
        {label}
        {apiName !== undefined && <code className="ml-1.5 font-mono text-xs font-normal text-faint">{apiName}</code>}
      </Base.Label>
      {children}
      {hint != null && hint !== '' && <Base.Description className="text-xs text-faint">{hint}</Base.Description>}
      {error != null && error !== '' && (
        <Base.Error match className="text-xs text-bad" role="alert">
          {error}
        </Base.Error>
      )}
    </Base.Root>
  );
}

/** What everything that can be typed into looks like. */
export const inputClasses =
  'w-full min-w-0 rounded-lg border border-line-strong/60 bg-raised px-3 py-1.5 text-sm text-ink placeholder:text-faint hover:border-line-strong data-[invalid]:border-bad';

export interface TextFieldProps
  extends FieldProps, Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'className' | 'size'> {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function TextField({
  label,
  apiName,
  hint,
  error,
  hideLabel,
  className,
  value,
  onChange,
  ...rest
}: TextFieldProps) {
  return (
    <Field {...{ label, apiName, hint, error, hideLabel, className }}>
      <Base.Control {...rest} value={value} onValueChange={onChange} className={inputClasses} />
    </Field>
  );
}

export interface TextAreaFieldProps
  extends FieldProps, Omit<ComponentProps<'textarea'>, 'value' | 'onChange' | 'className'> {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** For code and JSON. */
  readonly mono?: boolean;
}

export function TextAreaField(props: TextAreaFieldProps) {
  const { label, apiName, hint, error, hideLabel, className, value, onChange, mono, ...rest } = props;
  return (
    <Field {...{ label, apiName, hint, error, hideLabel, className }}>
      <Base.Control
        value={value}
        onValueChange={onChange}
        render={<textarea {...rest} />}
        className={classes(inputClasses, 'min-h-20 resize-y', mono === true && 'font-mono text-xs leading-5')}
      />
    </Field>
  );
}
