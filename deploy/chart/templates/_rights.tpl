{{/* Made from apps/operator/src/rights.ts by npm run reference. */}}
{{- define "kumiki.operatorRights" -}}
# what is wanted
- apiGroups: ["kumiki.dev"]
  resources: ["modelservices"]
  verbs: ["list","watch"]
# tells how it stands
- apiGroups: ["kumiki.dev"]
  resources: ["modelservices/status"]
  verbs: ["patch"]
# one for each revision; server-side apply of a new object wants create
- apiGroups: ["apps"]
  resources: ["deployments"]
  verbs: ["list","watch","create","patch","delete"]
# their sizes
- apiGroups: ["apps"]
  resources: ["deployments/scale"]
  verbs: ["patch"]
# which replicas are ready, and why not
- apiGroups: [""]
  resources: ["pods"]
  verbs: ["list","watch"]
# headless, for scrapers and other routers
- apiGroups: [""]
  resources: ["services"]
  verbs: ["list","watch","create","patch","delete"]
# the tokens of workers; only those with the operator's label are listed
- apiGroups: [""]
  resources: ["secrets"]
  verbs: ["list","watch","create","delete"]
# one pod of a service at a time is evicted
- apiGroups: ["policy"]
  resources: ["poddisruptionbudgets"]
  verbs: ["list","watch","create","patch","delete"]
# only gateways reach workers
- apiGroups: ["networking.k8s.io"]
  resources: ["networkpolicies"]
  verbs: ["list","watch","create","patch","delete"]
# what kubectl describe shows
- apiGroups: ["events.k8s.io"]
  resources: ["events"]
  verbs: ["create","patch"]
# owner references that hold up the deletion of their owner
- apiGroups: ["kumiki.dev"]
  resources: ["modelservices/finalizers"]
  verbs: ["update"]
{{- end -}}

{{- define "kumiki.operatorClusterRights" -}}
# how large the largest node is
- apiGroups: [""]
  resources: ["nodes"]
  verbs: ["list","watch"]
{{- end -}}

{{- define "kumiki.operatorOwnRights" -}}
# one of the operators acts
- apiGroups: ["coordination.k8s.io"]
  resources: ["leases"]
  verbs: ["get","create","update"]
{{- end -}}
