import type { RequestRecord } from '@kumiki/api';
import { useTranslations } from 'use-intl';
import { Status, type Tone } from '../ui/status.tsx';
import { outcomeOf, type ShownOutcome } from './request-facts.ts';

const tones: Readonly<Record<ShownOutcome, Tone>> = {
  open: 'busy',
  completed: 'ok',
  failed: 'bad',
  refused: 'warn',
  cancelled: 'off',
};

/** How a request went. */
export function RequestOutcome({
  record,
  plain = false,
}: {
  readonly record: RequestRecord;
  readonly plain?: boolean;
}) {
  const t = useTranslations('requests.outcome');
  const outcome = outcomeOf(record);
  return (
    <Status tone={tones[outcome]} plain={plain}>
      {t(outcome)}
    </Status>
  );
}
