import type { ServiceStatus } from '@kumiki/api';
import { useTranslations } from 'use-intl';
import { Status } from '../ui/status.tsx';
import { judgeService } from './judge-service.ts';

/** How a service is, in a word. */
export function ServiceState({
  service,
  plain = false,
}: {
  readonly service: ServiceStatus;
  readonly plain?: boolean;
}) {
  const t = useTranslations('models.state');
  const { state, tone } = judgeService(service);
  return (
    <Status tone={tone} plain={plain}>
      {t(state)}
    </Status>
  );
}
