import { z } from 'zod';

/**
 * Conditions as Kubernetes has them: a type, a status, and a reason in CamelCase that scripts and screens may rely on.
 * This is the one list of reasons, by type, each with the status that it implies. A new reason needs a message in both
 * languages of the console.
 */
export const conditionReasons = {
  /** Every model of the service can answer. */
  Ready: {
    /** Every model has a replica that answers. */
    Serving: 'True',
    /** No replica is wanted. */
    ScaledToZero: 'True',
    /** A model has no replica that answers. */
    NoReplicaReady: 'False',
    /** The manifest gives no model. */
    NothingToServe: 'False',
  },
  /** The service is converging on its spec. */
  Progressing: {
    /** Replicas of another revision are being replaced. */
    RollingOut: 'True',
    /** There are more or fewer replicas than the spec asks for. */
    Scaling: 'True',
    /** The replicas match the spec. */
    Complete: 'False',
  },
  /** Something is wrong that a replica's start does not resolve. */
  Degraded: {
    /** The manifest cannot be served as it is, for example because the model's file is gone. */
    CannotBeServed: 'True',
    /** An outside server may not be used: the egress policy forbids it, or its secret is missing or unusable. */
    MayNotBeUsed: 'True',
    /** Replicas of the new revision fail; those of the previous revision keep serving. */
    NewRevisionFails: 'True',
    /** A replica ended or does not become ready. */
    ReplicaFails: 'True',
    /** Another service has the model name already. */
    ModelNameTaken: 'True',
    /** A replica's image cannot be pulled. */
    ImageUnavailable: 'True',
    /** A volume that the manifest names is not there or cannot be mounted. */
    VolumeUnavailable: 'True',
    /** A Secret that the manifest names is not there, or lacks the key. */
    SecretUnavailable: 'True',
    /** Kubernetes refuses an object or a pod: by a quota, by a policy, or because somebody else owns a field of it. */
    ObjectRefused: 'True',
    /** Nothing fails. */
    AsWanted: 'False',
  },
  /** There are nodes with room for the replicas. Told where a scheduler places them. */
  Fits: {
    /** Every replica has a node. */
    Placed: 'True',
    /** No node has what a replica asks for free. */
    NoRoom: 'False',
    /** No node has the labels that the manifest asks for, or every one has a taint that it does not tolerate. */
    NoNodeMatches: 'False',
    /** A quota of the namespace allows no further replica. */
    QuotaExceeded: 'False',
  },
} as const;

export type ConditionType = keyof typeof conditionReasons;
export type ConditionReason<Type extends ConditionType = ConditionType> = {
  [Each in Type]: Extract<keyof (typeof conditionReasons)[Each], string>;
}[Type];

function conditionOf<Type extends string, Reason extends string>(
  type: Type,
  reasons: Readonly<Record<Reason, string>>,
) {
  return z.object({
    type: z.literal(type),
    status: z.enum(['True', 'False']),
    reason: z.literal(Object.keys(reasons) as Reason[]),
    /** One English sentence with more detail than the reason. */
    message: z.string(),
  });
}

export const conditionSchema = z.discriminatedUnion('type', [
  conditionOf('Ready', conditionReasons.Ready),
  conditionOf('Progressing', conditionReasons.Progressing),
  conditionOf('Degraded', conditionReasons.Degraded),
  conditionOf('Fits', conditionReasons.Fits),
]);
export type Condition = z.infer<typeof conditionSchema>;

/** The condition that a reason implies. */
export function conditionFor<Type extends ConditionType>(
  type: Type,
  reason: ConditionReason<Type>,
  message = '',
): Condition {
  const status = (conditionReasons[type] as Record<ConditionReason<Type>, Condition['status']>)[reason];
  return { type, status, reason, message } as Condition;
}
