import type { ProjectLimitName, ProjectLimits, ProjectLimitsView, SetProjectLimits } from '@kumiki/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { showToast } from '../ui/toast.tsx';
import { accessKey, setLimits } from './access-queries.ts';
import { isBytes, readLimit, writeLimit } from './limit-text.ts';

/** Sets what a project may use. A field that is empty takes the default. */
export function LimitsDialog({
  view,
  defaults,
  onClose,
}: {
  readonly view: ProjectLimitsView;
  readonly defaults: ProjectLimits;
  readonly onClose: () => void;
}) {
  const t = useTranslations('access.dialog');
  const limits = useTranslations('access.limit');
  const shell = useTranslations('shell');
  const client = useQueryClient();
  const names = Object.keys(view.limits) as ProjectLimitName[];
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(names.map((name) => [name, view.own.includes(name) ? writeLimit(name, view.limits[name]) : ''])),
  );
  const read = names.map((name) => ({ name, limit: readLimit(name, texts[name] ?? '') }));
  const isWrong = read.some(({ limit }) => limit.kind === 'wrong');
  const asked = Object.fromEntries(
    read.map(({ name, limit }) => [name, limit.kind === 'value' ? limit.value : null]),
  ) as SetProjectLimits;
  const change = useMutation({
    mutationFn: () => setLimits(view.project, asked),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: accessKey });
      showToast({ title: t('done', { project: view.project }) });
      onClose();
    },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('title', { project: view.project })}
      description={t('note')}
      closeLabel={shell('close')}
      actions={
        <>
          <Button onClick={onClose}>{shell('cancel')}</Button>
          <Button
            kind="primary"
            off={isWrong ? t('wrong') : change.isPending ? '' : null}
            onClick={() => change.mutate()}
          >
            {t('set')}
          </Button>
        </>
      }
    >
      <div className="grid gap-3">
        {read.map(({ name, limit }) => (
          <TextField
            key={name}
            label={limits(name)}
            apiName={name}
            value={texts[name] ?? ''}
            onChange={(text) => setTexts({ ...texts, [name]: text })}
            placeholder={writeLimit(name, defaults[name])}
            autoComplete="off"
            error={limit.kind === 'wrong' ? (isBytes(name) ? t('wrongBytes') : t('wrongCount')) : ''}
          />
        ))}
        {change.error !== null && <ErrorNotice error={change.error} />}
      </div>
    </Dialog>
  );
}
