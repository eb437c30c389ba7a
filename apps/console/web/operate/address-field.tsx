import { useEffect, useRef, useState } from 'react';
import { useAddress } from '../shell/use-address.ts';
import { TextField } from '../ui/field.tsx';

/** Typing changes the address when it pauses: an input method must not lose what it composes. */
const writeAfterMs = 250;

/** A text that stands in the address under `name`. */
export function AddressField({
  name,
  label,
  className,
  clean = (text) => text,
  numeric = false,
}: {
  readonly name: string;
  /** Its name, and what it shows while it is empty. */
  readonly label: string;
  readonly className: string;
  /** What of the text is written. */
  readonly clean?: (text: string) => string;
  readonly numeric?: boolean;
}) {
  const { get, set } = useAddress();
  const stands = get(name);
  const [text, setText] = useState(stands);
  const written = useRef(stands);
  useEffect(() => {
    // Somebody else changed it: going back, or a button that clears all.
    if (stands !== written.current) setText(stands);
    written.current = stands;
  }, [stands]);
  useEffect(() => {
    const next = clean(text);
    if (next === written.current) return undefined;
    const timer = setTimeout(() => {
      written.current = next;
      set({ [name]: next });
    }, writeAfterMs);
    return () => clearTimeout(timer);
  }, [text, name, set, clean]);
  return (
    <TextField
      label={label}
      hideLabel
      type={numeric ? 'text' : 'search'}
      {...(numeric ? { inputMode: 'numeric' } : {})}
      placeholder={label}
      value={text}
      onChange={setText}
      className={className}
    />
  );
}
