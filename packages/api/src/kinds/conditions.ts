import { z } from 'zod';

/**
 * What is said of an object as Kubernetes says it: a type, whether it holds, and one reason in CamelCase that scripts and
 * screens may rely on. This is the one list of them, by type, each with the status that it stands for. A new reason needs its
 * words in both languages of the console.
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
  /** Something is on its way to what is wanted. */
  Progressing: {
    /** Replicas of another revision are being replaced. */
    RollingOut: 'True',
    /** There are more or fewer replicas than wanted. */
    Scaling: 'True',
    /** What is wanted is there. */
    Complete: 'False',
  },
  /** Something is wrong that does not go away by waiting for a start. */
  Degraded: {
    /** The manifest cannot be served as it is: its file is gone, for example. */
    CannotBeServed: 'True',
    /** A server outside may not be used: the egress policy or its secret forbids it. */
    MayNotBeUsed: 'True',
    /** Replicas of the new revision fail; those of the one before serve on. */
    NewRevisionFails: 'True',
    /** A replica ended or does not become ready. */
    ReplicaFails: 'True',
    /** Nothing fails. */
    AsWanted: 'False',
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
    /** One English sentence, which knows more than the reason. */
    message: z.string(),
  });
}

export const conditionSchema = z.discriminatedUnion('type', [
  conditionOf('Ready', conditionReasons.Ready),
  conditionOf('Progressing', conditionReasons.Progressing),
  conditionOf('Degraded', conditionReasons.Degraded),
]);
export type Condition = z.infer<typeof conditionSchema>;

/** The condition that a reason stands for. */
export function conditionFor<Type extends ConditionType>(
  type: Type,
  reason: ConditionReason<Type>,
  message = '',
): Condition {
  const status = (conditionReasons[type] as Record<ConditionReason<Type>, Condition['status']>)[reason];
  return { type, status, reason, message } as Condition;
}
