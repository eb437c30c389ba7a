import { ChevronsUpDown } from 'lucide-react';
import type { ComponentProps } from 'react';
import { classes } from './classes.ts';

/** Shows what is chosen, and opens the choice. */
export function ComboboxButton({ shown, className, ...rest }: ComponentProps<'button'> & { readonly shown: string }) {
  return (
    <button
      type="button"
      {...rest}
      className={classes(
        'inline-flex h-9 max-w-full items-center gap-2 rounded-lg border border-transparent px-2.5 text-sm font-medium hover:bg-sunken',
        className,
      )}
    >
      <span className="truncate">{shown}</span>
      <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-faint" />
    </button>
  );
}
