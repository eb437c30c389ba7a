import type { Load, LoadHistory } from '@kumiki/api';

const stepMs = 5_000;
const historyMs = 900_000;
const maxPoints = historyMs / stepMs;

/** Replicas that a past point keeps; the present one has all. */
const maxReplicasPerPoint = 64;

export interface LoadRecorder {
  history(): LoadHistory;
  stop(): void;
}

/** Keeps the load of the last 15 minutes. */
export function recordLoad(read: () => Load): LoadRecorder {
  const points: Load[] = [];
  const timer = setInterval(() => {
    const load = read();
    points.push({ ...load, replicas: load.replicas.slice(0, maxReplicasPerPoint) });
    if (points.length > maxPoints) points.shift();
  }, stepMs);
  timer.unref();
  return {
    history: () => ({ object: 'kumiki.load_history', step_ms: stepMs, points }),
    stop: () => clearInterval(timer),
  };
}
