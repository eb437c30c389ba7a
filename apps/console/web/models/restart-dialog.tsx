import type { ServiceStatus } from '@kumiki/api';
import { useTranslations } from 'use-intl';
import { CommandLine } from '../operate/command-line.tsx';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { Notice } from '../ui/status.tsx';
import { showToast } from '../ui/toast.tsx';
import { serviceCan } from './capabilities.ts';
import { useChangeService } from './change-service.ts';

/** Asks before every replica of a service is replaced. */
export function RestartDialog({ service, onClose }: { readonly service: ServiceStatus; readonly onClose: () => void }) {
  const t = useTranslations('models.restart');
  const off = useTranslations('models.off');
  const shell = useTranslations('shell');
  const { name } = service.manifest.metadata;
  const running = service.replicas.reduce((sum, replica) => sum + (replica.running ?? 0), 0);
  const reason = serviceCan.restart(service);
  const change = useChangeService(name, 'restart', () => {
    showToast({ title: t('done', { name }) });
    onClose();
  });
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      onConfirm={() => change.mutate({})}
      title={t('title', { name })}
      confirmLabel={t('confirm')}
      cancelLabel={shell('cancel')}
      closeLabel={shell('close')}
      busy={change.isPending || reason !== null}
    >
      {reason === null ? (
        <p>{t('what', { count: service.desired, running })}</p>
      ) : (
        <Notice tone="warn">{off(reason)}</Notice>
      )}
      <CommandLine command={`npm exec kumiki -- restart ${name}`} />
      {change.error !== null && <ErrorNotice error={change.error} />}
    </ConfirmDialog>
  );
}
