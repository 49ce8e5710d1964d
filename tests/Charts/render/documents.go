package main

import (
	"fmt"
	"regexp"
	"sort"
	"strings"

	"sigs.k8s.io/yaml"
)

var separator = regexp.MustCompile(`(?m)^---[ \t]*(#.*)?$`)

// Kinds in the order in which Helm installs them (helm/helm pkg/release/util/kind_sorter.go); all others come last.
var installOrder = []string{
	"PriorityClass", "Namespace", "NetworkPolicy", "ResourceQuota", "LimitRange", "PodSecurityPolicy",
	"PodDisruptionBudget", "ServiceAccount", "Secret", "SecretList", "ConfigMap", "StorageClass", "PersistentVolume",
	"PersistentVolumeClaim", "CustomResourceDefinition", "ClusterRole", "ClusterRoleList", "ClusterRoleBinding",
	"ClusterRoleBindingList", "Role", "RoleList", "RoleBinding", "RoleBindingList", "Service", "DaemonSet", "Pod",
	"ReplicationController", "ReplicaSet", "Deployment", "HorizontalPodAutoscaler", "StatefulSet", "Job", "CronJob",
	"IngressClass", "Ingress", "APIService",
}

// readDocuments parses every document that is not empty; a document that is no object is an error.
func readDocuments(texts []string) ([]map[string]interface{}, error) {
	var documents []map[string]interface{}
	for _, text := range texts {
		for _, part := range separator.Split(text, -1) {
			var document map[string]interface{}
			if err := yaml.UnmarshalStrict([]byte(part), &document); err != nil {
				return nil, fmt.Errorf("%v in\n%s", err, part)
			}
			if len(document) == 0 {
				continue
			}
			if document["kind"] == nil || document["apiVersion"] == nil {
				return nil, fmt.Errorf("no kind or apiVersion in\n%s", part)
			}
			documents = append(documents, document)
		}
	}
	return documents, nil
}

func canonicalDocuments(texts []string) (string, error) {
	documents, err := readDocuments(texts)
	if err != nil {
		return "", err
	}
	sort.SliceStable(documents, func(i, j int) bool { return before(documents[i], documents[j]) })
	var result strings.Builder
	for _, document := range documents {
		text, err := yaml.Marshal(document)
		if err != nil {
			return "", err
		}
		result.WriteString("---\n")
		result.Write(text)
	}
	return result.String(), nil
}

func before(one, other map[string]interface{}) bool {
	first, second := rank(one), rank(other)
	if first != second {
		return first < second
	}
	return identity(one) < identity(other)
}

func rank(document map[string]interface{}) int {
	for i, kind := range installOrder {
		if document["kind"] == kind {
			return i
		}
	}
	return len(installOrder)
}

func identity(document map[string]interface{}) string {
	metadata, _ := document["metadata"].(map[string]interface{})
	return fmt.Sprint(document["kind"], "/", metadata["namespace"], "/", metadata["name"])
}
