{{/* The prefix of every name. */}}
{{- define "kumiki.name" -}}
{{- if contains "kumiki" .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-kumiki" (.Release.Name | trunc 33) -}}
{{- end -}}
{{- end -}}

{{- define "kumiki.installationSecret" -}}
{{- .Values.secrets.existingSecret | default (printf "%s-installation" (include "kumiki.name" .)) -}}
{{- end -}}

{{- define "kumiki.routesSecret" -}}
{{- include "kumiki.name" . }}-routes
{{- end -}}

{{- define "kumiki.databaseName" -}}
{{- include "kumiki.name" . }}-postgres
{{- end -}}

{{/* The Secret with the URL of the database, and the name of its entry. */}}
{{- define "kumiki.databaseSecret" -}}
{{- if eq .Values.database.mode "external" -}}
{{ .Values.database.external.secretName }}
{{- else if eq .Values.database.mode "cloudnativepg" -}}
{{ include "kumiki.databaseName" . }}-app
{{- else -}}
{{ include "kumiki.databaseName" . }}
{{- end -}}
{{- end -}}

{{- define "kumiki.databaseKey" -}}
{{- if eq .Values.database.mode "external" -}}
{{ .Values.database.external.key }}
{{- else if eq .Values.database.mode "cloudnativepg" -}}
uri
{{- else -}}
url
{{- end -}}
{{- end -}}

{{- define "kumiki.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "kumiki.publicUrl" -}}
{{- if .Values.publicUrl -}}
{{ .Values.publicUrl }}
{{- else if .Values.ingress.enabled -}}
{{ ternary "https" "http" (ne .Values.ingress.tlsSecretName "") }}://{{ .Values.ingress.host }}
{{- end -}}
{{- end -}}

{{/* Labels that select the pods of one part. Call with (list . "gateway"). */}}
{{- define "kumiki.selector" -}}
app.kubernetes.io/name: kumiki
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* All labels of an object. Call with (list . "gateway"). */}}
{{- define "kumiki.labels" -}}
{{- $root := index . 0 -}}
{{ include "kumiki.selector" . }}
app.kubernetes.io/part-of: kumiki
app.kubernetes.io/version: {{ $root.Values.image.tag | default $root.Chart.AppVersion | trunc 63 | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ $root.Chart.Name }}-{{ $root.Chart.Version }}
{{- end -}}

{{/* How many pods a part has. Call with (list . "gateway"). */}}
{{- define "kumiki.replicas" -}}
{{- $root := index . 0 -}}
{{- $own := (index $root.Values (index . 1)).replicas -}}
{{- if $own }}{{ $own }}{{ else if eq $root.Values.profile "small" }}1{{ else }}2{{ end -}}
{{- end -}}

{{/* What a part may take: its own values, or those of the profile. Memory is never promised twice. Call with (list . "gateway"). */}}
{{- define "kumiki.resources" -}}
{{- $root := index . 0 -}}
{{- $part := index . 1 -}}
{{- $small := dict "gateway" (list "100m" "384Mi") "accounts" (list "20m" "256Mi") "conversations" (list "50m" "384Mi") "search" (list "50m" "640Mi") "console" (list "10m" "128Mi") "operator" (list "20m" "256Mi") -}}
{{- $standard := dict "gateway" (list "1" "1Gi") "accounts" (list "100m" "512Mi") "conversations" (list "500m" "1Gi") "search" (list "500m" "1536Mi") "console" (list "50m" "192Mi") "operator" (list "100m" "384Mi") -}}
{{- $own := (index $root.Values $part).resources -}}
{{- if $own -}}
{{ toYaml $own }}
{{- else -}}
{{- $sizes := index (ternary $small $standard (eq $root.Values.profile "small")) $part -}}
requests:
  cpu: {{ index $sizes 0 | quote }}
  memory: {{ index $sizes 1 }}
limits:
  memory: {{ index $sizes 1 }}
{{- end -}}
{{- end -}}

{{- define "kumiki.priorityClassName" -}}
{{- if .Values.priorityClass.existing -}}
{{ .Values.priorityClass.existing }}
{{- else if .Values.priorityClass.create -}}
{{ include "kumiki.name" . }}
{{- end -}}
{{- end -}}
