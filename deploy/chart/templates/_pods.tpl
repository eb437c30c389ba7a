{{/* What every pod of ours has: Pod Security "restricted", and room on several hosts and zones. Call with (list . "gateway"). */}}
{{- define "kumiki.podBasics" -}}
{{- $root := index . 0 -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- with include "kumiki.priorityClassName" $root }}
priorityClassName: {{ . }}
{{- end }}
{{- with $root.Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
tolerations:
  {{- range $key := list "node.kubernetes.io/not-ready" "node.kubernetes.io/unreachable" }}
  - key: {{ $key }}
    operator: Exists
    effect: NoExecute
    tolerationSeconds: 30
  {{- end }}
  {{- with $root.Values.tolerations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
topologySpreadConstraints:
  {{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ $key }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "kumiki.selector" (list $root (index $ 1)) | nindent 8 }}
  {{- end }}
{{- end -}}

{{- define "kumiki.podMetadata" -}}
{{- $root := index . 0 -}}
labels:
  {{- include "kumiki.labels" . | nindent 2 }}
  {{- with $root.Values.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with $root.Values.podAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "kumiki.containerBasics" -}}
image: {{ include "kumiki.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end -}}

{{/*
One part as a Deployment. Call with (dict "root" . "part" "search" "port" 8440 "secrets" (dict "backend-token" "backend-token")
"database" true "env" (list …) "ports" (list …) "volumes" (list …) "mounts" (list …) "flags" (list …) "drainSeconds" 30 "preStopSeconds" 5).
A part without requests has no "port" and names that of its "ops"; one with an "account" reaches the API server.
*/}}
{{- define "kumiki.deployment" -}}
{{- $root := .root -}}
{{- $this := list .root .part -}}
{{- $ops := .ops | default (add (.port | default 0) 1) -}}
{{- $basics := include "kumiki.podBasics" $this -}}
{{- if .account -}}
{{- $basics = replace "automountServiceAccountToken: false" "automountServiceAccountToken: true" $basics -}}
{{- end -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "kumiki.name" $root }}-{{ .part }}
  labels:
    {{- include "kumiki.labels" $this | nindent 4 }}
spec:
  replicas: {{ include "kumiki.replicas" $this }}
  minReadySeconds: 2
  selector:
    matchLabels:
      {{- include "kumiki.selector" $this | nindent 6 }}
  strategy:
    rollingUpdate:
      maxUnavailable: 0
      maxSurge: 1
  template:
    metadata:
      {{- include "kumiki.podMetadata" $this | nindent 6 }}
    spec:
      {{- $basics | nindent 6 }}
      {{- with .account }}
      serviceAccountName: {{ . }}
      {{- end }}
      terminationGracePeriodSeconds: {{ add .drainSeconds .preStopSeconds 15 }}
      containers:
        - name: {{ .part }}
          {{- include "kumiki.containerBasics" $root | nindent 10 }}
          args:
            {{- range .flags }}
            - {{ . }}
            {{- end }}
            - apps/{{ .part }}/src/main.ts
          env:
            {{- if .port }}
            - { name: KUMIKI_LISTEN_HOST, value: 0.0.0.0 }
            - { name: KUMIKI_LISTEN_PORT, value: {{ .port | quote }} }
            {{- end }}
            - { name: KUMIKI_OPS_HOST, value: 0.0.0.0 }
            - { name: KUMIKI_OPS_PORT, value: {{ $ops | quote }} }
            - { name: KUMIKI_DRAIN_MS, value: {{ mul .drainSeconds 1000 | quote }} }
            {{- if .database }}
            - { name: KUMIKI_POSTGRES_URL_FILE, value: /etc/kumiki/database/url }
            {{- end }}
            {{- with .env }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          ports:
            {{- if .port }}
            - { name: http, containerPort: {{ .port }} }
            {{- end }}
            - { name: ops, containerPort: {{ $ops }} }
            {{- with .ports }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          resources:
            {{- include "kumiki.resources" $this | nindent 12 }}
          startupProbe:
            httpGet: { path: /livez, port: ops }
            periodSeconds: 1
            timeoutSeconds: 5
            failureThreshold: 120
          readinessProbe:
            httpGet: { path: /readyz, port: ops }
            periodSeconds: 2
            timeoutSeconds: 2
            failureThreshold: 2
          # Answered by the thread that serves: a process that stands still for a minute is started again.
          livenessProbe:
            httpGet: { path: /livez, port: ops }
            periodSeconds: 10
            timeoutSeconds: 10
            failureThreshold: 6
          {{- if .preStopSeconds }}
          lifecycle:
            preStop:
              sleep: { seconds: {{ .preStopSeconds }} }
          {{- end }}
          volumeMounts:
            - { name: tmp, mountPath: /tmp }
            {{- if .secrets }}
            - { name: secrets, mountPath: /etc/kumiki/secrets, readOnly: true }
            {{- end }}
            {{- if .database }}
            - { name: database, mountPath: /etc/kumiki/database, readOnly: true }
            {{- end }}
            {{- with .mounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
      volumes:
        - name: tmp
          emptyDir: { sizeLimit: 2Gi }
        {{- if .secrets }}
        - name: secrets
          secret:
            secretName: {{ include "kumiki.installationSecret" $root }}
            defaultMode: 0440
            items:
              {{- range $key, $path := .secrets }}
              - { key: {{ $key }}, path: {{ $path }} }
              {{- end }}
        {{- end }}
        {{- if .database }}
        - name: database
          secret:
            secretName: {{ include "kumiki.databaseSecret" $root }}
            defaultMode: 0440
            items:
              - { key: {{ include "kumiki.databaseKey" $root }}, path: url }
        {{- end }}
        {{- with .volumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
{{- end -}}

{{/* Its Service. Call with (dict "root" . "part" "search" "port" 8440 "ports" (list …)). */}}
{{- define "kumiki.service" -}}
{{- $this := list .root .part -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "kumiki.name" .root }}-{{ .part }}
  labels:
    {{- include "kumiki.labels" $this | nindent 4 }}
spec:
  selector:
    {{- include "kumiki.selector" $this | nindent 4 }}
  ports:
    - { name: http, port: {{ .port }}, targetPort: http }
    {{- with .ports }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* At most one of its pods goes at a time; those that do not work never hold up a drain. Call with (list . "gateway"). */}}
{{- define "kumiki.disruptionBudget" -}}
{{- $root := index . 0 -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "kumiki.name" $root }}-{{ index . 1 }}
  labels:
    {{- include "kumiki.labels" . | nindent 4 }}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "kumiki.selector" . | nindent 6 }}
{{- end -}}
