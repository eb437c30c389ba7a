import { useTranslations } from 'use-intl';
import { useQuantities } from '../operate/use-quantities.ts';
import { useDataServiceName } from './data-service-name.ts';
import type { Problem } from './judge-health.ts';

/** A problem in one sentence. */
export function useProblemText(): (problem: Problem) => string {
  const t = useTranslations('overview.problem');
  const { percent } = useQuantities();
  const dataServiceName = useDataServiceName();
  return ({ code, subject, values }) =>
    t(code, {
      subject: code === 'data_service_failed' ? dataServiceName(subject) : subject,
      ready: values['ready'] ?? 0,
      desired: values['desired'] ?? 0,
      count: values['count'] ?? 0,
      share: percent(values['share'] ?? 0),
      waiting: values['waiting'] ?? 0,
    });
}
