import { Dialog } from '@base-ui/react/dialog';
import { useTranslations } from 'use-intl';
import { ChatList, type ChatListProps } from './chat-list.tsx';
import { useList } from './use-list.ts';

/** The list beside the chat, or over it where there is no room. */
export function ChatListColumn(props: Omit<ChatListProps, 'onHide'>) {
  const t = useTranslations('chat.list');
  const { hasRoom, isShown, show } = useList();
  const { onOpen, onNew } = props;
  if (hasRoom) {
    if (!isShown) return null;
    return (
      <div className="w-[17rem] shrink-0 border-r border-line bg-surface/60">
        <ChatList {...props} onHide={() => show(false)} />
      </div>
    );
  }
  const close = (): void => show(false);
  return (
    <Dialog.Root open={isShown} onOpenChange={show}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/35" />
        <Dialog.Popup
          aria-label={t('label')}
          className="floating fixed inset-y-0 left-0 z-50 w-[min(19rem,calc(100vw-3rem))] !rounded-l-none outline-none"
        >
          <ChatList
            {...props}
            onOpen={(id) => {
              close();
              onOpen(id);
            }}
            onNew={() => {
              close();
              onNew();
            }}
            onHide={close}
          />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
