import { FolderPlus, Plus, X } from 'lucide-react';
import { useId } from 'react';
import { useTranslations } from 'use-intl';
import { Button, IconButton } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { SelectField } from '../ui/select.tsx';
import {
  type ConditionDraft,
  emptyCondition,
  emptyGroup,
  type GroupDraft,
  isGroup,
  type Operator,
  operators,
  type ValueKind,
} from './filter-draft.ts';

/** The API accepts deeper nesting, which would not be readable here. */
const deepest = 3;

/** Conditions, joined by "and" or "or", in groups within groups. */
export function FilterBuilder({
  group,
  keys,
  onChange,
  onStart,
}: {
  readonly group: GroupDraft;
  /** Keys to propose. */
  readonly keys: readonly string[];
  readonly onChange: (group: GroupDraft) => void;
  readonly onStart: () => void;
}) {
  const t = useTranslations('knowledge.filter');
  const list = useId();
  return (
    <>
      <datalist id={list}>
        {keys.map((key) => (
          <option key={key} value={key} />
        ))}
      </datalist>
      {group.items.length === 0 ? (
        <div>
          <Button size="small" icon={Plus} onClick={onStart}>
            {t('addCondition')}
          </Button>
        </div>
      ) : (
        <Group group={group} list={list} depth={1} onChange={onChange} />
      )}
    </>
  );
}

interface GroupProps {
  readonly group: GroupDraft;
  readonly list: string;
  readonly depth: number;
  readonly onChange: (group: GroupDraft) => void;
}

function Group({ group, list, depth, onChange }: GroupProps) {
  const t = useTranslations('knowledge.filter');
  const { items, join } = group;
  const set = (next: GroupDraft['items']): void => onChange({ ...group, items: next });
  return (
    <div className="grid gap-2 border-l-2 border-accent/40 pl-3">
      {items.length > 1 && (
        <SelectField<GroupDraft['join']>
          hideLabel
          label={t('join')}
          className="w-44"
          value={join}
          onChange={(next) => onChange({ ...group, join: next })}
          choices={(['and', 'or'] as const).map((value) => ({ value, label: t(value) }))}
        />
      )}
      {items.map((item, index) =>
        isGroup(item) ? (
          <Group
            key={item.id}
            group={item}
            list={list}
            depth={depth + 1}
            onChange={(next) => set(next.items.length === 0 ? items.toSpliced(index, 1) : items.with(index, next))}
          />
        ) : (
          <Condition
            key={item.id}
            condition={item}
            list={list}
            onChange={(next) => set(items.with(index, next))}
            onRemove={() => set(items.toSpliced(index, 1))}
          />
        ),
      )}
      <div className="flex flex-wrap gap-1">
        <Button size="small" kind="ghost" icon={Plus} onClick={() => set([...items, emptyCondition()])}>
          {t('addCondition')}
        </Button>
        {depth < deepest && (
          <Button
            size="small"
            kind="ghost"
            icon={FolderPlus}
            onClick={() => set([...items, { ...emptyGroup([emptyCondition(), emptyCondition()]), join: 'or' }])}
          >
            {t('addGroup')}
          </Button>
        )}
      </div>
    </div>
  );
}

function Condition({
  condition,
  list,
  onChange,
  onRemove,
}: {
  readonly condition: ConditionDraft;
  readonly list: string;
  readonly onChange: (condition: ConditionDraft) => void;
  readonly onRemove: () => void;
}) {
  const t = useTranslations('knowledge.filter');
  const { key, operator, kind, value } = condition;
  const isList = operator === 'in' || operator === 'nin';
  return (
    <div role="group" aria-label={t('condition')} className="grid grid-cols-2 gap-1.5 rounded-lg bg-sunken/60 p-2">
      <TextField
        hideLabel
        label={t('key')}
        placeholder={t('key')}
        list={list}
        value={key}
        onChange={(next) => onChange({ ...condition, key: next })}
      />
      <div className="flex min-w-0 gap-1">
        <SelectField<Operator>
          hideLabel
          label={t('operator')}
          className="min-w-0 flex-1"
          value={operator}
          onChange={(next) => onChange({ ...condition, operator: next })}
          choices={operators.map((one) => ({ value: one, label: t(`op.${one}`), detail: one }))}
        />
        <IconButton icon={X} size="medium" label={t('remove')} onClick={onRemove} />
      </div>
      <SelectField<ValueKind>
        hideLabel
        label={t('type')}
        value={kind}
        onChange={(next) => onChange({ ...condition, kind: next, value: next === 'boolean' ? 'true' : value })}
        choices={(['text', 'number', 'boolean'] as const).map((one) => ({ value: one, label: t(`kind.${one}`) }))}
      />
      {kind === 'boolean' ? (
        <SelectField
          hideLabel
          label={t('value')}
          value={value === 'true' ? 'true' : 'false'}
          onChange={(next) => onChange({ ...condition, value: next })}
          choices={[
            { value: 'true', label: t('true') },
            { value: 'false', label: t('false') },
          ]}
        />
      ) : (
        <TextField
          hideLabel
          label={t('value')}
          placeholder={isList ? t('values') : t('value')}
          value={value}
          inputMode={kind === 'number' && !isList ? 'decimal' : 'text'}
          onChange={(next) => onChange({ ...condition, value: next })}
        />
      )}
    </div>
  );
}
