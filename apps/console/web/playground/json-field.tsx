import { AlignLeft, Sparkles } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button } from '../ui/button.tsx';
import { TextAreaField } from '../ui/field.tsx';
import { readJson } from './read-json.ts';
import { useJsonProblem } from './use-problem.ts';

/** JSON that is checked as it is typed. */
export function JsonField({
  as,
  label,
  apiName,
  example,
  value,
  onChange,
}: {
  readonly as: 'schema' | 'tools';
  readonly label: string;
  readonly apiName: string;
  readonly example: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const t = useTranslations('playground.json');
  const problem = useJsonProblem()(value, as);
  const read = readJson(value);
  return (
    <div className="grid gap-2">
      <TextAreaField
        label={label}
        hideLabel
        apiName={apiName}
        mono
        rows={9}
        spellCheck={false}
        autoCapitalize="off"
        placeholder={String(t.raw(`placeholder.${as}`))}
        value={value}
        onChange={onChange}
        error={problem}
        hint={value.trim() !== '' && problem === null ? t('fine') : ''}
      />
      <div className="flex flex-wrap gap-1">
        {value.trim() === '' ? (
          <Button size="small" icon={Sparkles} onClick={() => onChange(example)}>
            {t('example')}
          </Button>
        ) : (
          <Button
            size="small"
            icon={AlignLeft}
            off={read.ok ? null : t('broken')}
            onClick={() => read.ok && onChange(JSON.stringify(read.value, null, 2))}
          >
            {t('format')}
          </Button>
        )}
      </div>
    </div>
  );
}
