import { useNavigate } from '@tanstack/react-router';
import { PanelLeftOpen, SquarePen } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { IconButton } from '../ui/button.tsx';
import { useList } from './list/use-list.ts';

/** The title of the chat, and the way to the others where their list is hidden. */
export function ChatHeader({ title }: { readonly title: string }) {
  const t = useTranslations('chat.list');
  const navigate = useNavigate();
  const { isShown, show, hasRoom } = useList();
  const isHidden = !isShown || !hasRoom;
  return (
    <header className="flex min-h-12 items-center gap-1 px-3">
      {isHidden && <IconButton icon={PanelLeftOpen} size="medium" label={t('open')} onClick={() => show(true)} />}
      <h1 className="min-w-0 flex-1 px-1 text-sm font-medium">
        <bdi className="block truncate">{title}</bdi>
      </h1>
      {isHidden && (
        <IconButton icon={SquarePen} size="medium" label={t('new')} onClick={() => void navigate({ to: '/chat' })} />
      )}
    </header>
  );
}
