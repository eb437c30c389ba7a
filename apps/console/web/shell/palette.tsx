import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog } from '@base-ui/react/dialog';
import { useNavigate } from '@tanstack/react-router';
import { type LucideIcon, MessageSquarePlus } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { isComposing } from './keys.ts';
import { missingRole } from './may-open.ts';
import { places } from './places.ts';
import { useSession } from './session-gate.tsx';

interface Command {
  readonly label: string;
  readonly icon: LucideIcon;
  readonly run: () => void;
}

/** Ctrl/⌘+K: every screen by its name. */
export default function Palette({
  open,
  onOpen,
}: {
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
}) {
  const t = useTranslations('shell');
  const settings = useTranslations('settings.keyboard');
  const { key } = useSession();
  const navigate = useNavigate();
  const go = (path: string) => () => void navigate({ to: path });
  const commands: readonly Command[] = [
    ...(missingRole('inference', key.roles) === null
      ? [{ label: settings('newChat'), icon: MessageSquarePlus, run: go('/chat') }]
      : []),
    ...places
      .filter(({ needs }) => missingRole(needs, key.roles) === null)
      .map(({ name, path, icon }) => ({ label: t(`nav.${name}`), icon, run: go(path) })),
  ];
  const run = (command: Command): void => {
    onOpen(false);
    command.run();
  };
  return (
    <Dialog.Root open={open} onOpenChange={onOpen}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/35" />
        <Dialog.Popup
          aria-label={t('palette')}
          className="floating fixed top-[12dvh] left-1/2 z-50 w-[min(34rem,calc(100vw-2rem))] -translate-x-1/2 p-2 outline-none"
        >
          <Autocomplete.Root
            open
            inline
            items={commands}
            itemToStringValue={(command: Command) => command.label}
            autoHighlight="always"
          >
            <Autocomplete.Input
              aria-label={t('palette')}
              placeholder={t('paletteHint')}
              className="h-11 w-full rounded-lg bg-transparent px-3 outline-none placeholder:text-faint"
              onKeyDown={(event) => isComposing(event.nativeEvent) && event.stopPropagation()}
            />
            <Autocomplete.Empty className="px-3 py-2 text-sm text-faint empty:hidden">
              {t('paletteEmpty')}
            </Autocomplete.Empty>
            <Autocomplete.List className="max-h-80 overflow-auto">
              {(command: Command) => (
                <Autocomplete.Item
                  key={command.label}
                  value={command}
                  onClick={() => run(command)}
                  className="flex items-center gap-3 rounded-lg px-3 py-2 text-sm data-[highlighted]:bg-accent-soft data-[highlighted]:text-accent-text"
                >
                  <command.icon aria-hidden className="size-4" />
                  {command.label}
                </Autocomplete.Item>
              )}
            </Autocomplete.List>
          </Autocomplete.Root>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
