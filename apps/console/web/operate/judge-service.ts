import type { Condition, ConditionType, ServiceStatus } from '@kumiki/api';

export type ServiceStateName = 'ready' | 'off' | 'starting' | 'rolling_out' | 'scaling' | 'degraded' | 'failed';

export interface ServiceJudgement {
  readonly state: ServiceStateName;
  readonly tone: 'ok' | 'off' | 'busy' | 'warn' | 'bad';
  /** The worse, the smaller: for putting problems first. */
  readonly rank: number;
}

const judgements: Readonly<Record<ServiceStateName, ServiceJudgement>> = {
  failed: { state: 'failed', tone: 'bad', rank: 0 },
  degraded: { state: 'degraded', tone: 'warn', rank: 1 },
  starting: { state: 'starting', tone: 'busy', rank: 2 },
  rolling_out: { state: 'rolling_out', tone: 'busy', rank: 3 },
  scaling: { state: 'scaling', tone: 'busy', rank: 3 },
  ready: { state: 'ready', tone: 'ok', rank: 4 },
  off: { state: 'off', tone: 'off', rank: 5 },
};

/** A service's conditions in a word. */
export function judgeService(service: ServiceStatus): ServiceJudgement {
  const ready = conditionOf(service, 'Ready');
  const progressing = conditionOf(service, 'Progressing');
  const degraded = conditionOf(service, 'Degraded')?.status === 'True';
  if (ready?.status !== 'True') return judgements[degraded ? 'failed' : 'starting'];
  if (degraded) return judgements.degraded;
  if (progressing?.status === 'True')
    return judgements[progressing.reason === 'RollingOut' ? 'rolling_out' : 'scaling'];
  return judgements[ready.reason === 'ScaledToZero' ? 'off' : 'ready'];
}

export function conditionOf<Type extends ConditionType>(
  service: ServiceStatus,
  type: Type,
): Extract<Condition, { type: Type }> | undefined {
  return service.conditions.find(
    (condition): condition is Extract<Condition, { type: Type }> => condition.type === type,
  );
}
