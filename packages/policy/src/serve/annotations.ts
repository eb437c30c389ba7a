/** A change of this annotation makes a new revision, as `kubectl rollout restart` does. */
export const restartedAtAnnotation = 'kumiki.dev/restarted-at';

/** With the value `allowed`, a simulated worker accepts requests to inject faults. For tests. */
export const faultsAnnotation = 'kumiki.dev/simulated-faults';
