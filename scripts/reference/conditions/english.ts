import type { ConditionWords } from './reason-words.ts';

export const english: ConditionWords = {
  title: 'Conditions of a ModelService',
  opening: `日本語: [conditions.ja.md](conditions.ja.md)

A ModelService says in its conditions how it stands. Each has a status, a reason from the tables below, which scripts may rely on, and a
message with the names and numbers of the case:

\`\`\`sh
kubectl describe modelservice shop
kubectl get modelservice shop -o jsonpath='{range .status.conditions[*]}{.type}={.status} {.reason}: {.message}{"\\n"}{end}'
kubectl wait modelservice/shop --for=condition=Ready --timeout=10m
\`\`\`

Each change of a condition is an Event too. \`kumiki status\` and the console show the same reasons on one machine, where there is no
\`Fits\`. When \`.status\` is empty or its \`observedGeneration\` stays behind, no operator acts: read the log of its pods.`,
  columns: ['reason', 'status', 'meaning', 'what to do'],
  types: {
    Ready: 'Whether every model of the service can answer.',
    Progressing: 'Whether the service is on its way to what its spec says. Neither status is a fault.',
    Degraded:
      'Whether something is wrong that goes on until somebody acts. A service may be `Ready` and `Degraded` at once.',
    Fits: 'Whether there are nodes with room for the pods.',
  },
  reasons: {
    Ready: {
      Serving: ['Every model has a replica that answers, or is served by outside servers.'],
      ScaledToZero: [
        'No replica is wanted: `spec.replicas` is 0.',
        'To serve again: `kubectl scale modelservice/NAME --replicas=1`.',
      ],
      NoReplicaReady: [
        'A model has no replica that answers. So it is at each start, until the model is loaded.',
        'When it lasts, read `Degraded` and `Fits` of the service: they say what holds up its pods. `kubectl get pods -l kumiki.dev/service=NAME` lists them.',
      ],
      NothingToServe: [
        'The manifest gives no model that can be served here.',
        'Read the message of `Degraded`, correct `spec`, and apply it again.',
      ],
    },
    Progressing: {
      RollingOut: [
        'Replicas of another revision are being replaced, new ones first.',
        'Wait. When it lasts, `Degraded` says why new replicas do not become ready.',
      ],
      Scaling: [
        'There are more or fewer ready replicas than the spec asks for.',
        'Wait. When it lasts, `Fits` and `Degraded` say why.',
      ],
      Complete: ['The replicas match the spec, or none are started.'],
    },
    Degraded: {
      CannotBeServed: [
        'The manifest cannot be served as it is: its source is a path of one machine, a file that is gone, or something that no engine reads.',
        'Correct the field that the message names. What ran before goes on until then.',
      ],
      MayNotBeUsed: [
        'An outside server may not be used: the egress policy forbids it, or its secret is missing.',
        'Allow the server (`kumiki egress`) or register the secret (`kumiki secret set`) that the message names.',
      ],
      NewRevisionFails: [
        'Replicas of the new revision end or do not become ready. Those of the one before go on serving.',
        'Read the log by the command in the message. Correct the manifest, or apply the one before again.',
      ],
      ReplicaFails: [
        'A replica ended, or does not become ready after it was started again.',
        'Read the log by the command in the message. When it needed more memory than its limit, raise `spec.pod.resources.limits.memory`.',
      ],
      ModelNameTaken: [
        'An older service has the model name already. Nothing of this one is started or changed.',
        'Give one of them another `spec.model.name`, or delete the one that the message names.',
      ],
      ImageUnavailable: [
        'The image of a pod cannot be pulled.',
        'For an engine of yours: `spec.engine.image`, or a Secret of the same namespace in `spec.pod.imagePullSecrets`. For workers: `image` of the chart; its `image.pullSecrets` have to be in the namespace of the ModelService.',
      ],
      VolumeUnavailable: [
        'The PersistentVolumeClaim of `spec.model.source` is not there.',
        'Create it in the namespace of the service, or name another.',
      ],
      SecretUnavailable: [
        'A Secret or ConfigMap that a container takes settings from is not there, or lacks the key.',
        'Create it in the namespace of the service, with the key that the message names. The pod starts by itself then.',
      ],
      ObjectRefused: [
        'The API server refuses an object or a pod: by a policy, or because an object of that name belongs to somebody else.',
        'The message has its words. Allow it in the policy, remove the other object, or rename the service.',
      ],
      AsWanted: ['Nothing fails.'],
    },
    Fits: {
      Placed: ['Every replica has a node.'],
      NoRoom: [
        'No node has free what a replica asks for.',
        'The message says what is missing, and the largest node. Ask for less in `spec.pod.resources`, free a node, or add one.',
      ],
      NoNodeMatches: [
        'No node has the labels of `spec.pod.nodeSelector`, all have taints that are not tolerated, replicas cannot be spread as they must be, or a volume is not bound.',
        'Change what the message names: `spec.pod.nodeSelector`, `spec.pod.tolerations`, `spec.pod.spread`, or the nodes. For a volume: `kubectl describe pvc`.',
      ],
      QuotaExceeded: [
        'A quota of the namespace allows no further pod.',
        'Ask for less in `spec.pod.resources` or `spec.replicas`, or raise the quota that the message names.',
      ],
    },
  },
};
