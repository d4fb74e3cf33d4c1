{{/* What every object of a release is called and labelled. */}}
{{- define "holdfast.name" -}}
{{- if contains "holdfast" .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-holdfast{{ end }}
{{- end }}

{{- define "holdfast.selector" -}}
app.kubernetes.io/name: holdfast
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "holdfast.labels" -}}
{{ include "holdfast.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}

{{/* holdfast.yaml: what a node wants, and config over it. Names of the cluster come and go on purpose: they are never held. */}}
{{- define "holdfast.config" -}}
{{- $listen := ternary (printf "[%s]:53" .Values.address) (printf "%s:53" .Values.address) (contains ":" .Values.address) -}}
{{- $cluster := dict "upstreams" .Values.clusterDns -}}
{{- $zones := dict .Values.clusterDomain $cluster "in-addr.arpa" $cluster "ip6.arpa" $cluster -}}
{{- $hold := dict "zones" (dict .Values.clusterDomain "off" "amazonaws.com" "enforce" "googleapis.com" "enforce" "azure.com" "enforce" "windows.net" "enforce") -}}
{{- $base := dict "listen" (list $listen) "zones" $zones "hold" $hold "state-dir" "/var/lib/holdfast" "admin" (dict "listen" .Values.admin) -}}
{{- mergeOverwrite $base (deepCopy .Values.config) | toYaml -}}
{{- end }}
