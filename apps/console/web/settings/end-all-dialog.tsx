import { useTranslations } from 'use-intl';
import { useLeave } from '../api/use-leave.ts';
import { CommandLine } from '../operate/command-line.tsx';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { endAllSessions } from './sessions-api.ts';

/** Asks before every browser of one's own key is signed out, this one among them. */
export function EndAllDialog({ others, onClose }: { readonly others: number; readonly onClose: () => void }) {
  const t = useTranslations('settings.browsers');
  const shell = useTranslations('shell');
  const leave = useLeave(endAllSessions);
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      onConfirm={() => leave.mutate()}
      title={t('endAllTitle')}
      confirmLabel={t('endAll')}
      cancelLabel={shell('cancel')}
      closeLabel={shell('close')}
      busy={leave.isPending}
    >
      <p>{t('endAllWhat', { count: others })}</p>
      <CommandLine label={t('wayBack')} command="npm exec kumiki -- console" />
      {leave.error !== null && <ErrorNotice error={leave.error} />}
    </ConfirmDialog>
  );
}
