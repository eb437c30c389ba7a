import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useEffect, useId, useState } from 'react';
import { useTranslations } from 'use-intl';
import { modelsQuery, taskOf } from '../api/models.ts';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { SelectField } from '../ui/select.tsx';
import { createStore, storesKey, updateStore } from './store-queries.ts';
import type { VectorStore } from './store-types.ts';

const maxNameCharacters = 256;
/** What the choice of no model in particular is called in the list. */
const anyModel = 'auto';
const neverExpires = 'never';
const expiryDays = ['1', '7', '30', '90', '365'] as const;

/** Makes a store, or changes one. */
export function StoreDialog({
  open,
  onClose,
  store,
}: {
  readonly open: boolean;
  readonly onClose: () => void;
  /** null makes a new one. */
  readonly store: VectorStore | null;
}) {
  const t = useTranslations('knowledge');
  const shell = useTranslations('shell');
  const form = useId();
  const draft = useStoreDraft(open, store);
  const save = useSave(store, onClose);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (draft.name.trim() !== '') save.mutate(draft);
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={store === null ? t('dialog.create') : t('dialog.edit')}
      closeLabel={shell('close')}
      actions={
        <>
          <Button onClick={onClose}>{shell('cancel')}</Button>
          <Button
            kind="primary"
            type="submit"
            form={form}
            off={draft.name.trim() === '' ? t('dialog.needsName') : save.isPending ? '' : null}
          >
            {store === null ? t('dialog.make') : t('dialog.save')}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="grid gap-4">
        <TextField
          label={t('dialog.name')}
          value={draft.name}
          onChange={(name) => draft.change({ name })}
          placeholder={t('dialog.namePlaceholder')}
          maxLength={maxNameCharacters}
          autoComplete="off"
        />
        {store === null && <ModelField value={draft.model} onChange={(model) => draft.change({ model })} />}
        <SelectField
          label={t('dialog.expires')}
          apiName="expires_after"
          hint={t('dialog.expiresHint')}
          value={draft.days}
          onChange={(days) => draft.change({ days })}
          choices={[
            { value: neverExpires, label: t('dialog.never') },
            ...[...new Set([...expiryDays, draft.days])]
              .filter((days) => days !== neverExpires)
              .map((days) => ({ value: days, label: t('dialog.days', { days: Number(days) }) })),
          ]}
        />
        {save.error !== null && <ErrorNotice error={save.error} />}
      </form>
    </Dialog>
  );
}

function ModelField({ value, onChange }: { readonly value: string; readonly onChange: (model: string) => void }) {
  const t = useTranslations('knowledge.dialog');
  const { data: models = [] } = useQuery(modelsQuery);
  const embedding = models.filter((model) => taskOf(model) === 'embedding');
  return (
    <SelectField
      label={t('model')}
      apiName="embedding_model"
      hint={t('modelHint')}
      value={value}
      onChange={onChange}
      choices={[{ value: anyModel, label: t('anyModel') }, ...embedding.map(({ id }) => ({ value: id, label: id }))]}
    />
  );
}

interface Draft {
  readonly name: string;
  readonly model: string;
  readonly days: string;
}

function useStoreDraft(open: boolean, store: VectorStore | null) {
  const [draft, setDraft] = useState<Draft>({ name: '', model: anyModel, days: neverExpires });
  useEffect(() => {
    if (!open) return;
    const days = store?.expires_after?.days;
    setDraft({ name: store?.name ?? '', model: anyModel, days: days === undefined ? neverExpires : String(days) });
    // The form is filled when the dialog opens. A later refetch of the store does not change it.
  }, [open, store?.id]);
  return { ...draft, change: (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes })) };
}

function useSave(store: VectorStore | null, onClose: () => void) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: ({ name, model, days }: Draft) => {
      const expires = days === neverExpires ? null : { anchor: 'last_active_at' as const, days: Number(days) };
      const common = { name: name.trim(), expires_after: expires };
      if (store !== null) return updateStore(store.id, common);
      return createStore(model === anyModel ? common : { ...common, kumiki: { embedding_model: model } });
    },
    onSuccess: (saved) => {
      void queryClient.invalidateQueries({ queryKey: storesKey });
      onClose();
      if (store === null) void navigate({ to: '/knowledge/$storeId', params: { storeId: saved.id } });
    },
  });
}
