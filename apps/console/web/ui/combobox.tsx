import { cloneElement } from 'react';
import { ComboboxButton } from './combobox-button.tsx';
import type { ComboboxProps } from './combobox-props.ts';
import { createLazyPart } from './lazy-part.ts';

const usePopup = createLazyPart(() => import('./combobox-popup.tsx'));

/** One of many, found by typing: the model picker is one. Its popup is loaded on first hover or focus. */
export function Combobox(props: ComboboxProps) {
  const { part, wasAsked, reach } = usePopup();
  const { label, value, choices, placeholder, className } = props;
  const shown = choices.find((choice) => choice.value === value)?.label ?? value ?? placeholder;
  const button = <ComboboxButton shown={shown} aria-label={`${label}: ${shown}`} className={className} />;
  if (part !== null) return <part.ComboboxPopup {...props} trigger={button} defaultOpen={wasAsked} />;
  return cloneElement(button, { role: 'combobox', 'aria-haspopup': 'dialog', 'aria-expanded': false, ...reach });
}
