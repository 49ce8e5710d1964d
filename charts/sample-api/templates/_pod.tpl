{{- define "sample-api.podSpec" -}}
{{- $own := ternary (include "sample-api.fullname" .) "default" .Values.serviceAccount.create -}}
serviceAccountName: {{ default $own .Values.serviceAccount.name }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.podSecurityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
containers:
  - name: sample-api
    image: {{ include "sample-api.image" . }}
    imagePullPolicy: {{ .Values.image.pullPolicy }}
    env:
      {{- include "sample-api.env" . | nindent 6 }}
    ports:
      - name: http
        containerPort: {{ .Values.port }}
    startupProbe:
      httpGet:
        path: /health/startup
        port: http
      {{- toYaml .Values.probes.startup | nindent 6 }}
    livenessProbe:
      httpGet:
        path: /health/live
        port: http
      {{- toYaml .Values.probes.liveness | nindent 6 }}
    readinessProbe:
      httpGet:
        path: /health/ready
        port: http
      {{- toYaml .Values.probes.readiness | nindent 6 }}
    {{- with .Values.resources }}
    resources:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with .Values.containerSecurityContext }}
    securityContext:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    volumeMounts:
      - name: podinfo
        mountPath: /etc/podinfo
        readOnly: true
      - name: tmp
        mountPath: /tmp
      {{- with .Values.extraVolumeMounts }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
  {{- with .Values.extraContainers }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
volumes:
  # Labels change while a pod lives: its role and its rollout's hash are read from here.
  - name: podinfo
    downwardAPI:
      items:
        - path: labels
          fieldRef:
            fieldPath: metadata.labels
  - name: tmp
    emptyDir:
      sizeLimit: 64Mi
  {{- with .Values.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- range . }}
  {{- $ours := dict "labelSelector" (dict "matchLabels" (include "sample-api.selectorLabels" $ | fromYaml)) }}
  - {{- toYaml (merge (deepCopy .) $ours) | nindent 4 }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "sample-api.env" -}}
{{- if ne (int .Values.port) 8080 }}
{{- /* The image's own address has port 8080. */}}
- name: ASPNETCORE_URLS
  value: http://+:{{ .Values.port }}
{{- end }}
- name: APP_VERSION
  value: {{ include "sample-api.version" . | quote }}
- name: APP_ENVIRONMENT
  value: {{ .Values.environment | quote }}
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: POD_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
- name: NODE_NAME
  valueFrom:
    fieldRef:
      fieldPath: spec.nodeName
- name: LOG_FORMAT
  value: {{ .Values.logFormat }}
- name: LOG_LEVEL
  value: {{ .Values.logLevel }}
- name: DRAIN_SECONDS
  value: {{ .Values.drainSeconds | quote }}
- name: DOTNET_EnableDiagnostics
  value: "0"
{{- range $secret := list (list "POSTGRES_CONNECTION" .Values.postgresSecret) (list "REDIS_CONNECTION" .Values.redisSecret) }}
{{- with last $secret }}
- name: {{ first $secret }}
  valueFrom:
    secretKeyRef:
      name: {{ .name }}
      key: {{ .key }}
{{- end }}
{{- end }}
{{- with .Values.faults }}
- name: DEMO_FAULTS_ENABLED
  value: {{ .enabled | quote }}
{{- if .enabled }}
- name: DEMO_MAX_SECONDS
  value: {{ .maxSeconds | quote }}
- name: DEMO_MAX_CORES
  value: {{ .maxCores | quote }}
- name: DEMO_MAX_MEMORY_MB
  value: {{ .maxMemoryMb | quote }}
{{- if not (kindIs "invalid" .seed) }}
- name: DEMO_SEED
  value: {{ int64 .seed | quote }}
{{- end }}
{{- with .tokenSecret }}
- name: DEMO_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ .name }}
      key: {{ .key }}
{{- end }}
{{- range $kind, $keys := .start }}
- name: DEMO_FAULT_{{ $kind | upper | replace "-" "_" }}
  value: {{ include "sample-api.fault" $keys | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}
