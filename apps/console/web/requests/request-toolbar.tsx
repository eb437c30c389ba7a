import type { RequestRecord } from '@kumiki/api';
import { CircleAlert, Pause, Play, X } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { AddressField } from '../operate/address-field.tsx';
import { useAddress } from '../shell/use-address.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { type Choice, SelectField } from '../ui/select.tsx';
import { areaOf, choicesOf } from './find-requests.ts';
import { shownOutcomes } from './request-facts.ts';
import { clearedFilter } from './requests-address.ts';

/** The requests at the moment when the list was paused. */
export interface Paused {
  readonly at: number;
  readonly requests: readonly RequestRecord[];
}

/** Of a select: anything. Its values must not be empty. */
const any = '*';

export function RequestToolbar({
  all,
  shown,
  paused,
  onPause,
}: {
  readonly all: readonly RequestRecord[];
  readonly shown: number;
  readonly paused: Paused | null;
  readonly onPause: (paused: Paused | null) => void;
}) {
  const t = useTranslations('requests.toolbar');
  const { get: address, set: setAddress } = useAddress();
  const first = address('first') === 'problems';
  const filtered = Object.keys(clearedFilter).some((name) => address(name) !== '');
  const fresh = paused === null ? 0 : all.filter(({ started_at }) => started_at > paused.at).length;
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <Filters all={all} />
        {filtered && <IconButton icon={X} label={t('clear')} onClick={() => setAddress(clearedFilter)} />}
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Button
          size="small"
          icon={paused === null ? Pause : Play}
          aria-pressed={paused !== null}
          onClick={() => onPause(paused === null ? { at: Date.now(), requests: all } : null)}
        >
          {paused === null ? t('pause') : t('goOn', { count: fresh })}
        </Button>
        <Button
          size="small"
          icon={CircleAlert}
          aria-pressed={first}
          className={first ? 'border-warn! bg-warn-soft! text-warn!' : ''}
          onClick={() => setAddress({ first: first ? '' : 'problems' })}
        >
          {t('problemsFirst')}
        </Button>
        <p className="text-xs text-faint">
          {t('shown', { shown, all: all.length })} <span className="max-md:hidden">{t('keys')}</span>
        </p>
      </div>
    </div>
  );
}

/** Digits alone, in any width. */
function digits(text: string): string {
  return text.normalize('NFKC').replaceAll(/\D/g, '');
}

function Filters({ all }: { readonly all: readonly RequestRecord[] }) {
  const t = useTranslations('requests.toolbar');
  const outcome = useTranslations('requests.outcome');
  const { get: address, set: setAddress } = useAddress();
  const choices = (label: string, chosen: string, values: readonly string[]): readonly Choice<string>[] =>
    [
      { value: any, label },
      // A selected value stays in the list when no request has it any more.
      ...new Set([...values, ...(chosen === '' ? [] : [chosen])]),
    ].map((one) => (typeof one === 'string' ? { value: one, label: one } : one));
  const select = (name: 'model' | 'path', values: readonly string[], className: string) => (
    <SelectField
      label={t(name)}
      hideLabel
      value={address(name) || any}
      onChange={(value) => setAddress({ [name]: value === any ? '' : value })}
      choices={choices(t(`${name}Any`), address(name), values)}
      className={className}
    />
  );
  return (
    <>
      <AddressField name="q" label={t('find')} className="w-72 max-w-full" />
      <SelectField
        label={t('outcome')}
        hideLabel
        value={address('outcome') || any}
        onChange={(value) => setAddress({ outcome: value === any ? '' : value })}
        choices={[
          { value: any, label: t('outcomeAny') },
          ...shownOutcomes.map((value) => ({ value: value as string, label: outcome(value) })),
        ]}
        className="w-36"
      />
      {select(
        'model',
        choicesOf(all, ({ model }) => model),
        'w-44',
      )}
      {select(
        'path',
        choicesOf(all, ({ path }) => areaOf(path)),
        'w-48',
      )}
      <AddressField name="min" label={t('min')} className="w-44" clean={digits} numeric />
    </>
  );
}
