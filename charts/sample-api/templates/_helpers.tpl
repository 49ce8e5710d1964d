{{- define "sample-api.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- /* The name of the objects: the release's, with the chart's unless it is in it already. */}}
{{- define "sample-api.fullname" -}}
{{- $name := include "sample-api.name" . }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "sample-api.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{- define "sample-api.serviceAccountName" -}}
{{- $own := ternary (include "sample-api.fullname" .) "default" .Values.serviceAccount.create }}
{{- default $own .Values.serviceAccount.name }}
{{- end }}

{{- /* What a selector names: it never changes over the life of a release. */}}
{{- define "sample-api.selectorLabels" -}}
app.kubernetes.io/name: {{ include "sample-api.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "sample-api.labels" -}}
{{ include "sample-api.selectorLabels" . }}
app.kubernetes.io/component: api
app.kubernetes.io/part-of: rollouts-companion
app.kubernetes.io/version: {{ include "sample-api.version" . | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* registry/repository:tag, with @digest when there is one. */}}
{{- define "sample-api.image" -}}
{{- $image := .Values.image }}
{{- with $image.registry }}{{ . }}/{{ end }}{{ $image.repository }}:{{ default .Chart.AppVersion $image.tag }}
{{- with $image.digest }}@{{ . }}{{ end }}
{{- end }}

{{- define "sample-api.version" -}}
{{- default (default .Chart.AppVersion .Values.image.tag) .Values.version }}
{{- end }}

{{- /* The steps, with the chart's own gate where a step says {analysis: true}. */}}
{{- define "sample-api.steps" -}}
{{- $gate := dict "templates" (list (dict "templateName" (include "sample-api.fullname" .))) }}
{{- with include "sample-api.analysisArgs" . }}
{{- $_ := set $gate "args" (fromYamlArray .) }}
{{- end }}
{{- $steps := list }}
{{- range .Values.rollout.steps }}
{{- if not (hasKey . "analysis") }}
{{- $steps = append $steps . }}
{{- else if not (kindIs "bool" .analysis) }}
{{- $steps = append $steps . }}
{{- else if and .analysis (has $.Values.analysis.mode (list "push" "pull")) }}
{{- $steps = append $steps (dict "analysis" $gate) }}
{{- end }}
{{- end }}
{{- toYaml $steps }}
{{- end }}

{{- /* What a run must be told to ask for its verdict; a pushed verdict needs nothing. */}}
{{- define "sample-api.analysisArgs" -}}
{{- if eq .Values.analysis.mode "pull" }}
- name: canary
  valueFrom:
    podTemplateHashValue: Latest
- name: stable
  valueFrom:
    podTemplateHashValue: Stable
{{- end }}
{{- end }}

{{- /* Where Argo asks; what is in doubled braces Argo fills in. */}}
{{- define "sample-api.verdictUrl" -}}
{{- $query := printf "namespace=%s&rollout=%s" (include "sample-api.namespace" .) (include "sample-api.fullname" .) }}
{{- $hashes := "stable={{args.stable}}&canary={{args.canary}}" }}
{{- range $key, $value := .Values.analysis.spec }}
{{- if not (has $key (list "preset" "policy")) }}
{{- fail (printf "analysis.spec.%s cannot be said in a URL: in mode pull name a policy, or a preset" $key) }}
{{- end }}
{{- $query = printf "%s&%s=%s" $query $key $value }}
{{- end }}
{{- printf "%s/api/v1/verdict?%s&%s" .Values.analysis.pull.url $query $hashes }}
{{- end }}

{{- /* A fault as the program reads it: key=value, several status codes joined by |. */}}
{{- define "sample-api.fault" -}}
{{- $pairs := list }}
{{- range $key, $value := . }}
{{- $text := ternary (join "|" $value) (toString $value) (kindIs "slice" $value) }}
{{- $pairs = append $pairs (printf "%s=%s" $key $text) }}
{{- end }}
{{- join "," $pairs }}
{{- end }}

{{- /* Mistakes that would only show later, or never. */}}
{{- define "sample-api.check" -}}
{{- if and .Values.metrics.serviceMonitor.enabled .Values.metrics.podMonitor.enabled }}
{{- fail "metrics.serviceMonitor and metrics.podMonitor are both enabled: every sample would be there twice" }}
{{- end }}
{{- if and (eq .Values.kind "Deployment") (or (eq .Values.ingress.backend "stable") (eq .Values.httpRoute.backend "stable")) }}
{{- fail "backend is stable, but kind is Deployment: there is no stable version without a Rollout" }}
{{- end }}
{{- if and .Values.faults.start (not .Values.faults.enabled) }}
{{- fail "faults.start is set, but faults.enabled is false: the program would refuse to start" }}
{{- end }}
{{- if and (eq .Values.analysis.mode "direct") .Values.analysis.background }}
{{- fail "analysis.background needs an analysis template, but analysis.mode is direct" }}
{{- end }}
{{- end }}
