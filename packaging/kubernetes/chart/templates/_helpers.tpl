{{- define "sealpost.selector" -}}
app.kubernetes.io/name: sealpost
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "sealpost.labels" -}}
{{ include "sealpost.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}
