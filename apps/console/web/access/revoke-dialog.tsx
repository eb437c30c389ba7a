import type { ApiKey } from '@kumiki/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { useLeave } from '../api/use-leave.ts';
import { CommandLine } from '../operate/command-line.tsx';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { Notice } from '../ui/status.tsx';
import { showToast } from '../ui/toast.tsx';
import { accessKey, revokeKey } from './access-queries.ts';

/** Confirms the revocation of a key, and explains which sessions it ends and how to sign in again. */
export function RevokeDialog({
  apiKey,
  own,
  onClose,
}: {
  readonly apiKey: ApiKey;
  /** It is the key of this session: revoking it ends the session. */
  readonly own: boolean;
  readonly onClose: () => void;
}) {
  const t = useTranslations('access.revoke');
  const shell = useTranslations('shell');
  const client = useQueryClient();
  const { id, name } = apiKey;
  const leave = useLeave(() => revokeKey(id));
  const revoke = useMutation({
    mutationFn: () => revokeKey(id),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: accessKey });
      showToast({ title: t('done', { name }) });
      onClose();
    },
  });
  const doing = own ? leave : revoke;
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      onConfirm={() => doing.mutate()}
      title={t('title', { name })}
      confirmLabel={t('confirm')}
      cancelLabel={shell('cancel')}
      closeLabel={shell('close')}
      busy={doing.isPending}
      typed={own ? { name, label: t('typeName') } : undefined}
    >
      <p>{t('what')}</p>
      {own && (
        <Notice tone="bad" title={t('own')}>
          {t('ownWay')}
        </Notice>
      )}
      {apiKey.roles.includes('admin') && (
        <>
          <p>{t('machine')}</p>
          <CommandLine label={t('wayBack')} command="npm exec kumiki -- down && npm exec kumiki -- up" />
        </>
      )}
      {doing.error !== null && <ErrorNotice error={doing.error} />}
    </ConfirmDialog>
  );
}
