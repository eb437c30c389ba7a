import type { Status } from '@kumiki/api';
import { isReady } from './data-service-changes.ts';

export interface AllReady {
  /** `up` has said that it is up. @param startMs how long that took. */
  begin(status: Status, startMs: number): void;
  update(status: Status): void;
}

/**
 * Calls back once, when all services answer, with how long that took from the start. Chat is there before the services with data, and
 * `up` says so when chat is: this is the moment from which nothing of it answers "not ready".
 * @param now milliseconds on a monotonic clock.
 */
export function onceAllReady(report: (startMs: number) => void, now: () => number = () => performance.now()): AllReady {
  let startedAt: number | null = null;
  let reported = false;
  const update = (status: Status): void => {
    if (reported || startedAt === null || !isAllReady(status)) return;
    reported = true;
    report(now() - startedAt);
  };
  return {
    begin(status, startMs) {
      startedAt = now() - startMs;
      update(status);
    },
    update,
  };
}

function isAllReady({ services, data_services: dataServices }: Status): boolean {
  const serves = ({ conditions }: Status['services'][number]): boolean =>
    conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  return services.every(serves) && dataServices.every(isReady);
}
