import { useFormatter, useTranslations } from 'use-intl';
import { type Answer, tokensPerSecond } from './stream-answer.ts';

/** What an answer took: time to the first token, speed, tokens. */
export function AnswerFacts({ answer }: { readonly answer: Answer }) {
  const t = useTranslations('playground.fact');
  const format = useFormatter();
  const { firstMs, totalMs, usage, pieces } = answer;
  const ms = (value: number | null): string | null =>
    value === null
      ? null
      : value < 10_000
        ? t('ms', { value: format.number(Math.round(value)) })
        : t('s', { value: format.number(value / 1_000, { maximumFractionDigits: 1 }) });
  const speed = tokensPerSecond(answer);
  const cached = usage?.prompt_tokens_details?.['cached_tokens'] ?? 0;
  const facts = [
    ['ttft', ms(firstMs)],
    ['speed', speed === null ? null : t('perSecond', { value: format.number(speed, { maximumFractionDigits: 1 }) })],
    ['total', ms(totalMs)],
    ['out', usage === null ? (pieces === 0 ? null : format.number(pieces)) : format.number(usage.completion_tokens)],
    ['in', usage === null ? null : format.number(usage.prompt_tokens)],
    ['cached', cached === 0 ? null : format.number(cached)],
  ] as const;
  return (
    <dl className="grid grid-cols-3 gap-x-3 gap-y-2 text-xs">
      {facts.map(([name, value]) =>
        name === 'cached' && value === null ? null : (
          <div key={name} className="min-w-0">
            <dt className="truncate text-faint">{t(name)}</dt>
            <dd className="text-sm font-medium whitespace-nowrap tabular-nums">{value ?? '–'}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
