{{- define "analysis-controller.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- /* The name of the objects: the release's, with the chart's unless it is in it already. */}}
{{- define "analysis-controller.fullname" -}}
{{- $name := include "analysis-controller.name" . }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "analysis-controller.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{- define "analysis-controller.serviceAccountName" -}}
{{- $own := ternary (include "analysis-controller.fullname" .) "default" .Values.serviceAccount.create }}
{{- default $own .Values.serviceAccount.name }}
{{- end }}

{{- define "analysis-controller.leaseName" -}}
{{- default (include "analysis-controller.fullname" .) .Values.leaderElection.leaseName }}
{{- end }}

{{- /* What a selector names: it never changes over the life of a release. */}}
{{- define "analysis-controller.selectorLabels" -}}
app.kubernetes.io/name: {{ include "analysis-controller.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "analysis-controller.labels" -}}
{{ include "analysis-controller.selectorLabels" . }}
app.kubernetes.io/component: controller
app.kubernetes.io/part-of: rollouts-companion
app.kubernetes.io/version: {{ default .Chart.AppVersion .Values.image.tag | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* registry/repository:tag, with @digest when there is one. */}}
{{- define "analysis-controller.image" -}}
{{- $image := .Values.image }}
{{- with $image.registry }}{{ . }}/{{ end }}{{ $image.repository }}:{{ default .Chart.AppVersion $image.tag }}
{{- with $image.digest }}@{{ . }}{{ end }}
{{- end }}

{{- /* The namespaces that Roles and --namespace name; none when all are watched. */}}
{{- define "analysis-controller.namespaces" -}}
{{- if not .Values.clusterInstall }}
{{- default (list (include "analysis-controller.namespace" .)) .Values.watchNamespaces | uniq | toJson }}
{{- else }}[]
{{- end }}
{{- end }}

{{- /*
What the controller may do with what it watches; as much in a ClusterRole as in a Role. It deletes report runs of its own.
Templates it never reads: Argo puts their metrics into the run.
*/}}
{{- define "analysis-controller.rules" -}}
- apiGroups: [argoproj.io]
  resources: [rollouts]
  verbs: [get, list, watch{{ if .Values.actions.pause }}, patch{{ end }}]
{{- if .Values.actions.abort }}
- apiGroups: [argoproj.io]
  resources: [rollouts/status]
  verbs: [patch]
{{- end }}
- apiGroups: [argoproj.io]
  resources: [analysisruns]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [argoproj.io]
  resources: [experiments]
  verbs: [list, watch]
- apiGroups: [apps]
  resources: [replicasets]
  verbs: [list, watch]
- apiGroups: [""]
  resources: [pods]
  verbs: [list, watch]
{{- if eq .Values.scrape.via "ApiServer" }}
- apiGroups: [""]
  resources: [pods/proxy]
  verbs: [get]
{{- end }}
- apiGroups: [""]
  resources: [events]
  verbs: [create, patch]
- apiGroups: [rollouts-companion.io]
  resources: [canarypolicies]
  verbs: [list, watch]
- apiGroups: [rollouts-companion.io]
  resources: [canarypolicies/status]
  verbs: [patch]
{{- end }}

{{- /* Two mistakes that would only show later, or never. */}}
{{- define "analysis-controller.check" -}}
{{- if and (gt (int .Values.replicas) 1) (not .Values.leaderElection.enabled) }}
{{- fail (printf "replicas is %d, but leaderElection.enabled is false: all of them would scrape and judge" (int .Values.replicas)) }}
{{- end }}
{{- if and .Values.clusterInstall .Values.watchNamespaces }}
{{- fail "watchNamespaces is set, but clusterInstall is true: set clusterInstall to false to watch only these" }}
{{- end }}
{{- if and .Values.metrics.serviceMonitor.enabled .Values.metrics.podMonitor.enabled }}
{{- fail "metrics.serviceMonitor and metrics.podMonitor are both enabled: every sample would be there twice" }}
{{- end }}
{{- with .Values.scrape }}
{{- if and (eq .via "ApiServer") (or .bearerTokenSecret .caConfigMap .serverName .insecureSkipVerify) }}
{{- fail "scrape.via is ApiServer: bearerTokenSecret, caConfigMap, serverName and insecureSkipVerify have no effect then" }}
{{- end }}
{{- if and .caConfigMap .insecureSkipVerify }}
{{- fail "scrape.caConfigMap and scrape.insecureSkipVerify: one or the other" }}
{{- end }}
{{- end }}
{{- end }}
