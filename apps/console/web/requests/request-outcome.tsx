import type { RequestRecord } from '@kumiki/api';
import { useTranslations } from 'use-intl';
import { Status, type Tone } from '../ui/status.tsx';

const tones: Readonly<Record<RequestRecord['outcome'], Tone>> = {
  open: 'busy',
  completed: 'ok',
  failed: 'bad',
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
  return (
    <Status tone={tones[record.outcome]} plain={plain}>
      {t(record.outcome)}
    </Status>
  );
}
