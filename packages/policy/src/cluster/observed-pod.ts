/** What of a pod decides how its service stands. */
export interface ObservedPod {
  readonly name: string;
  readonly revision: string;
  /** It takes requests. */
  readonly ready: boolean;
  /** It has been told to end. */
  readonly deleting: boolean;
  /** The scheduler's message while it finds no node; null once there is one. */
  readonly unschedulable: string | null;
  /** Why its container does not run yet, in Kubernetes' words. */
  readonly waiting: { readonly reason: string; readonly message: string } | null;
  /** How its container ended the last time. */
  readonly ended: { readonly reason: string; readonly exitCode: number; readonly message: string } | null;
  /** Starts of its container beyond the first. */
  readonly restarts: number;
  /** Requests in flight, as gateways tell; 0 where none has told. */
  readonly inFlight: number;
}

export interface ObservedNode {
  readonly name: string;
  /** Takes new pods. */
  readonly usable: boolean;
  /** What pods may take of it in all, by resource. */
  readonly allocatable: Readonly<Record<string, string>>;
}
