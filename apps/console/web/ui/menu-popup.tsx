import { Menu as Base } from '@base-ui/react/menu';
import { classes } from './classes.ts';
import type { MenuProps } from './menu-props.ts';

/** A menu with its button, open at once when it was asked for. */
export function MenuPopup({
  trigger,
  entries,
  align = 'end',
  defaultOpen,
}: MenuProps & { readonly defaultOpen: boolean }) {
  return (
    <Base.Root defaultOpen={defaultOpen}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} className="z-50">
          <Base.Popup className="floating min-w-44 p-1 outline-none">
            {entries.map((entry, index) =>
              entry === null ? (
                // eslint-disable-next-line react/no-array-index-key -- lines have no other identity
                <Base.Separator key={`line-${index}`} className="mx-2 my-1 h-px bg-line" />
              ) : (
                <Base.Item
                  key={entry.label}
                  disabled={entry.off === true}
                  onClick={entry.onSelect}
                  className={classes(
                    'flex items-center gap-2.5 rounded-md px-2.5 py-1.5 text-sm outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-sunken',
                    entry.danger === true && 'text-bad',
                  )}
                >
                  {entry.icon !== undefined && <entry.icon aria-hidden className="size-4 shrink-0" />}
                  {entry.label}
                </Base.Item>
              ),
            )}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
