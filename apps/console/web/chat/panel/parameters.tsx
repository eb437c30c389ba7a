import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '../../ui/button.tsx';
import { TextAreaField, TextField } from '../../ui/field.tsx';
import { SliderField } from '../../ui/slider-field.tsx';
import type { UsedSettings } from '../state/use-chat-settings.ts';

/** The API's defaults. */
const standard = { temperature: 1, top_p: 1 } as const;

/** System prompt and parameters, each with the API's own name. */
export function Parameters({ used }: { readonly used: UsedSettings }) {
  const t = useTranslations('chat.settings');
  const { settings, change } = used;
  const shown = (value: number | null | undefined) => (number: number) =>
    value == null ? `${number} · ${t('standard')}` : String(number);
  return (
    <div className="grid gap-5">
      <p className="text-sm text-soft">{t('note')}</p>
      <TextAreaField
        label={t('instructions')}
        apiName="instructions"
        hint={t('instructionsHint')}
        value={settings.instructions ?? ''}
        rows={6}
        onChange={(text) => change({ instructions: text === '' ? null : text })}
      />
      <div>
        <SliderField
          label={t('temperature')}
          apiName="temperature"
          value={settings.temperature ?? null}
          fallback={standard.temperature}
          onChange={(value) => change({ temperature: Number(value.toFixed(2)) })}
          min={0}
          max={2}
          step={0.1}
          format={shown(settings.temperature)}
        />
        <p className="text-xs text-faint">{t('temperatureHint')}</p>
      </div>
      <SliderField
        label={t('topP')}
        apiName="top_p"
        value={settings.top_p ?? null}
        fallback={standard.top_p}
        onChange={(value) => change({ top_p: Number(value.toFixed(2)) })}
        min={0.05}
        max={1}
        step={0.05}
        format={shown(settings.top_p)}
      />
      <MostTokens used={used} />
      <Button
        className="justify-self-start"
        onClick={() => change({ instructions: null, temperature: null, top_p: null, max_output_tokens: null })}
      >
        {t('reset')}
      </Button>
    </div>
  );
}

function MostTokens({ used: { settings, change } }: { readonly used: UsedSettings }) {
  const t = useTranslations('chat.settings');
  const stored = settings.max_output_tokens == null ? '' : String(settings.max_output_tokens);
  const [typed, setTyped] = useState<{ readonly of: string; readonly text: string }>({ of: stored, text: stored });
  const text = typed.of === stored ? typed.text : stored;
  const isWrong = text !== '' && !/^[1-9]\d{0,8}$/.test(text);
  return (
    <TextField
      label={t('maxTokens')}
      apiName="max_output_tokens"
      hint={t('maxTokensHint')}
      error={isWrong ? t('maxTokensError') : undefined}
      inputMode="numeric"
      value={text}
      onChange={(next) => {
        const isRight = next === '' || /^[1-9]\d{0,8}$/.test(next);
        setTyped({ of: isRight ? next : stored, text: next });
        if (isRight) change({ max_output_tokens: next === '' ? null : Number(next) });
      }}
    />
  );
}
