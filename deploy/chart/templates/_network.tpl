{{/* A peer: the pods of one part of this release. Call with (list . "gateway"). */}}
{{- define "kumiki.peer" -}}
- podSelector:
    matchLabels:
      {{- include "kumiki.selector" . | nindent 6 }}
{{- end -}}

{{/* A policy of one part: who may reach it, and whom it may reach. Call with (dict "root" . "part" "search" "from" (list "gateway")
"ports" (list 8440) "to" (dict "gateway" 8420) "database" true). */}}
{{- define "kumiki.networkPolicy" -}}
{{- $root := .root -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "kumiki.name" $root }}-{{ .part }}
  labels:
    {{- include "kumiki.labels" (list $root .part) | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "kumiki.selector" (list $root .part) | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- range .from }}
    - from:
        {{- include "kumiki.peer" (list $root .part) | nindent 8 }}
      ports:
        {{- range .ports }}
        - { protocol: TCP, port: {{ . }} }
        {{- end }}
    {{- end }}
    {{- with .open }}
    - {{ if $root.Values.networkPolicies.clients -}}
      from:
        {{- toYaml $root.Values.networkPolicies.clients | nindent 8 }}
      {{ end -}}
      ports:
        {{- range . }}
        - { protocol: TCP, port: {{ . }} }
        {{- end }}
    {{- end }}
    {{- if and .ops $root.Values.networkPolicies.scrapers }}
    - from:
        {{- toYaml $root.Values.networkPolicies.scrapers | nindent 8 }}
      ports:
        - { protocol: TCP, port: {{ .ops }} }
    {{- end }}
  egress:
    - ports:
        - { protocol: UDP, port: 53 }
        - { protocol: TCP, port: 53 }
    {{- range .to }}
    - to:
        {{- include "kumiki.peer" (list $root .part) | nindent 8 }}
      ports:
        {{- range .ports }}
        - { protocol: TCP, port: {{ . }} }
        {{- end }}
    {{- end }}
    {{- if .database }}
    {{- include "kumiki.toDatabase" $root | nindent 4 }}
    {{- end }}
    {{- with .egress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{- define "kumiki.toDatabase" -}}
{{- if eq .Values.database.mode "bundled" -}}
- to:
    {{- include "kumiki.peer" (list . "postgres") | nindent 4 }}
  ports:
    - { protocol: TCP, port: 5432 }
{{- else if eq .Values.database.mode "cloudnativepg" -}}
- to:
    - podSelector:
        matchLabels:
          cnpg.io/cluster: {{ include "kumiki.databaseName" . }}
  ports:
    - { protocol: TCP, port: 5432 }
{{- else -}}
- {{ if .Values.database.external.networks -}}
  to:
    {{- range .Values.database.external.networks }}
    - ipBlock: { cidr: {{ . | quote }} }
    {{- end }}
  {{ end -}}
  ports:
    - { protocol: TCP, port: {{ .Values.database.external.port }} }
{{- end -}}
{{- end -}}

{{/* The API server. What pods dial is its Service, and what policies see is the server behind it: its address is known to nobody here
but who installs. */}}
{{- define "kumiki.toApiServer" -}}
- {{ if .Values.networkPolicies.apiServer.networks -}}
  to:
    {{- range .Values.networkPolicies.apiServer.networks }}
    - ipBlock: { cidr: {{ . | quote }} }
    {{- end }}
  {{ end -}}
  ports:
    {{- range .Values.networkPolicies.apiServer.ports }}
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
{{- end -}}
