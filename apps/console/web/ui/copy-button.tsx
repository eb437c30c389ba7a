import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { IconButton } from './button.tsx';

/** How long the tick stays. */
const confirmedMs = 1_600;

/** Copies a text and confirms it. */
export function CopyButton({
  text,
  label,
  doneLabel,
  className,
}: {
  /** Or a function that makes the text when it is copied. */
  readonly text: string | (() => string);
  readonly label: string;
  readonly doneLabel: string;
  readonly className?: string;
}) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return undefined;
    const timer = setTimeout(() => setDone(false), confirmedMs);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <>
      <IconButton
        icon={done ? Check : Copy}
        label={done ? doneLabel : label}
        className={className ?? ''}
        onClick={() => {
          void navigator.clipboard.writeText(typeof text === 'string' ? text : text()).then(() => setDone(true));
        }}
      />
      <span role="status" className="sr-only">
        {done ? doneLabel : ''}
      </span>
    </>
  );
}
