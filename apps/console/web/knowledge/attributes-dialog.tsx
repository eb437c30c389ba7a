import type { Attributes } from '@kumiki/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { type FormEvent, useEffect, useId, useState } from 'react';
import { useTranslations } from 'use-intl';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { SelectField } from '../ui/select.tsx';
import { type AttributeDraft, checkAttributes, maxAttributes, toAttributes, toDrafts } from './attribute-draft.ts';
import type { ValueKind } from './filter-draft.ts';
import { setAttributes, storesKey } from './store-queries.ts';
import type { StoreFile } from './store-types.ts';

/** Edits what a file is labelled with; searches can filter by it. */
export function AttributesDialog({
  storeId,
  file,
  onClose,
}: {
  readonly storeId: string;
  /** null: nothing is edited. */
  readonly file: StoreFile | null;
  readonly onClose: () => void;
}) {
  const t = useTranslations('knowledge.attributes');
  const shell = useTranslations('shell');
  const form = useId();
  const queryClient = useQueryClient();
  const [drafts, setDrafts] = useState<readonly AttributeDraft[]>([]);
  useEffect(() => {
    if (file !== null) setDrafts(toDrafts(file.attributes));
  }, [file]);
  const save = useMutation({
    mutationFn: (attributes: Attributes) => setAttributes(storeId, file?.id ?? '', attributes),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: storesKey });
      onClose();
    },
  });
  const problem = checkAttributes(drafts);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (problem === null) save.mutate(toAttributes(drafts));
  };
  return (
    <Dialog
      open={file !== null}
      onClose={onClose}
      wide
      title={t('title')}
      description={file?.kumiki.filename}
      closeLabel={shell('close')}
      actions={
        <>
          <Button onClick={onClose}>{shell('cancel')}</Button>
          <Button
            kind="primary"
            type="submit"
            form={form}
            off={problem === null ? (save.isPending ? '' : null) : t(`problem.${problem}`)}
          >
            {t('save')}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="grid gap-3">
        <p className="text-sm text-soft">{t('note')}</p>
        <AttributeRows drafts={drafts} onChange={setDrafts} />
        {save.error !== null && <ErrorNotice error={save.error} />}
      </form>
    </Dialog>
  );
}

function AttributeRows({
  drafts,
  onChange,
}: {
  readonly drafts: readonly AttributeDraft[];
  readonly onChange: (drafts: readonly AttributeDraft[]) => void;
}) {
  const t = useTranslations('knowledge.attributes');
  return (
    <>
      {drafts.map((draft, index) => (
        <AttributeRow
          key={draft.id}
          draft={draft}
          onChange={(next) => onChange(drafts.with(index, next))}
          onRemove={() => onChange(drafts.toSpliced(index, 1))}
        />
      ))}
      <div>
        <Button
          icon={Plus}
          size="small"
          off={drafts.length >= maxAttributes ? t('problem.many') : null}
          onClick={() => onChange([...drafts, ...toDrafts({ '': '' })])}
        >
          {t('add')}
        </Button>
      </div>
    </>
  );
}

function AttributeRow({
  draft,
  onChange,
  onRemove,
}: {
  readonly draft: AttributeDraft;
  readonly onChange: (draft: AttributeDraft) => void;
  readonly onRemove: () => void;
}) {
  const t = useTranslations('knowledge.attributes');
  const kinds = (['text', 'number', 'boolean'] as const).map((value) => ({ value, label: t(`kind.${value}`) }));
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_7rem_minmax(0,1fr)_2rem] items-center gap-2 max-sm:grid-cols-[minmax(0,1fr)_2rem]">
      <TextField
        hideLabel
        label={t('key')}
        placeholder={t('key')}
        value={draft.key}
        onChange={(key) => onChange({ ...draft, key })}
        autoComplete="off"
      />
      <SelectField<ValueKind>
        hideLabel
        label={t('type')}
        className="max-sm:row-start-2"
        value={draft.kind}
        onChange={(kind) => onChange({ ...draft, kind, value: kind === 'boolean' ? 'true' : draft.value })}
        choices={kinds}
      />
      {draft.kind === 'boolean' ? (
        <SelectField
          hideLabel
          label={t('value')}
          className="max-sm:row-start-3"
          value={draft.value === 'true' ? 'true' : 'false'}
          onChange={(value) => onChange({ ...draft, value })}
          choices={[
            { value: 'true', label: t('true') },
            { value: 'false', label: t('false') },
          ]}
        />
      ) : (
        <TextField
          hideLabel
          label={t('value')}
          className="max-sm:row-start-3"
          placeholder={t('value')}
          value={draft.value}
          inputMode={draft.kind === 'number' ? 'decimal' : 'text'}
          onChange={(value) => onChange({ ...draft, value })}
          autoComplete="off"
        />
      )}
      <IconButton
        icon={X}
        className="max-sm:row-start-1"
        label={t('removeOne', { key: draft.key === '' ? t('key') : draft.key })}
        onClick={onRemove}
      />
    </div>
  );
}
