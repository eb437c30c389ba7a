import { RotateCcw } from 'lucide-react';
import { useFormatter, useTranslations } from 'use-intl';
import { Button } from '../ui/button.tsx';
import { TextAreaField, TextField } from '../ui/field.tsx';
import { SliderField } from '../ui/slider-field.tsx';
import type { Parameters, PlaygroundRequest } from './playground-request.ts';

type SliderName = 'temperature' | 'top_p' | 'frequency_penalty' | 'presence_penalty';

/** What the API takes, and what it means where nothing is set. */
const sliders: Readonly<Record<SliderName, { readonly min: number; readonly max: number; readonly fallback: number }>> =
  {
    temperature: { min: 0, max: 2, fallback: 1 },
    top_p: { min: 0, max: 1, fallback: 1 },
    frequency_penalty: { min: -2, max: 2, fallback: 0 },
    presence_penalty: { min: -2, max: 2, fallback: 0 },
  };
const sliderNames = Object.keys(sliders) as SliderName[];
const unset: Parameters = {
  temperature: null,
  top_p: null,
  max_completion_tokens: null,
  seed: null,
  frequency_penalty: null,
  presence_penalty: null,
};

/** The numbers that steer an answer. What is not touched is not sent. */
export function ParameterFields({
  request,
  onChange,
}: {
  readonly request: PlaygroundRequest;
  readonly onChange: (changes: Partial<PlaygroundRequest>) => void;
}) {
  const t = useTranslations('playground.parameter');
  const format = useFormatter();
  const { parameters, stop } = request;
  const set = (changes: Partial<Parameters>): void => onChange({ parameters: { ...parameters, ...changes } });
  const toWhole = (text: string): number | null => {
    const digits = text.normalize('NFKC').replaceAll(/\D/g, '');
    return digits === '' ? null : Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
  };
  return (
    <div className="grid gap-4">
      {sliderNames.map((name) => (
        <SliderField
          key={name}
          label={t(name)}
          apiName={name}
          value={parameters[name]}
          {...sliders[name]}
          onChange={(value) => set({ [name]: value })}
          step={0.05}
          format={(value) =>
            parameters[name] === null
              ? t('byServer')
              : format.number(value, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
          }
        />
      ))}
      <div className="grid gap-3">
        {(['max_completion_tokens', 'seed'] as const).map((name) => (
          <TextField
            key={name}
            label={t(name)}
            apiName={name}
            inputMode="numeric"
            placeholder={t('byServer')}
            value={parameters[name] === null ? '' : String(parameters[name])}
            onChange={(text) => set({ [name]: toWhole(text) })}
            autoComplete="off"
          />
        ))}
      </div>
      <TextAreaField
        label={t('stop')}
        apiName="stop"
        hint={t('stopHint')}
        value={stop}
        onChange={(next) => onChange({ stop: next })}
        mono
        rows={2}
      />
      <div>
        <Button size="small" kind="ghost" icon={RotateCcw} onClick={() => onChange({ parameters: unset, stop: '' })}>
          {t('reset')}
        </Button>
      </div>
    </div>
  );
}
