package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"text/template"

	"sigs.k8s.io/yaml"
)

// A chart as it lies on disk. Files are everything but templates; a name is a path from the chart's folder.
type chart struct {
	metadata  map[string]interface{}
	defaults  map[string]interface{}
	templates map[string]string
	files     files
}

func loadChart(folder string) (*chart, error) {
	c := &chart{templates: map[string]string{}, files: files{}}
	if err := c.loadFolder(folder, ""); err != nil {
		return nil, err
	}
	if err := yaml.UnmarshalStrict(c.files["Chart.yaml"], &c.metadata); err != nil {
		return nil, fmt.Errorf("%s/Chart.yaml: %v", folder, err)
	}
	if err := yaml.UnmarshalStrict(c.files["values.yaml"], &c.defaults); err != nil {
		return nil, fmt.Errorf("%s/values.yaml: %v", folder, err)
	}
	return c, nil
}

// loadFolder reads what is below a folder; like Helm it follows links, by which charts share the files of crds/.
func (c *chart) loadFolder(folder, prefix string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name, relative := filepath.Join(folder, entry.Name()), path.Join(prefix, entry.Name())
		target, err := os.Stat(name)
		if err != nil {
			return err
		}
		if target.IsDir() {
			if err := c.loadFolder(name, relative); err != nil {
				return err
			}
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if strings.HasPrefix(relative, "templates/") {
			c.templates[relative] = string(text)
		} else {
			c.files[relative] = text
		}
	}
	return nil
}

// context builds what a template sees as the dot.
func (c *chart) context(r request) (map[string]interface{}, error) {
	merged := c.defaults
	for _, name := range r.files {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var changes map[string]interface{}
		if err := yaml.UnmarshalStrict(text, &changes); err != nil {
			return nil, fmt.Errorf("%s: %v", name, err)
		}
		merged = merge(merged, changes)
	}
	for _, setting := range r.settings {
		change, err := parseSetting(setting)
		if err != nil {
			return nil, err
		}
		merged = merge(merged, change)
	}
	capabilities, err := newCapabilities(r.kubeVersion, r.apiVersions, c.metadata["kubeVersion"])
	if err != nil {
		return nil, err
	}
	return map[string]interface{}{
		"Values":       merged,
		"Chart":        capitalised(c.metadata),
		"Capabilities": capabilities,
		"Files":        c.files,
		"Release": map[string]interface{}{
			"Name": r.release, "Namespace": r.namespace, "Service": "Helm",
			"IsInstall": true, "IsUpgrade": false, "Revision": 1,
		},
	}, nil
}

// merge lays changes over values, as Helm does: maps key by key, all else whole, and null takes a key away.
func merge(values, changes map[string]interface{}) map[string]interface{} {
	merged := map[string]interface{}{}
	for key, value := range values {
		merged[key] = value
	}
	for key, change := range changes {
		before, isMap := merged[key].(map[string]interface{})
		after, changesMap := change.(map[string]interface{})
		switch {
		case change == nil:
			delete(merged, key)
		case isMap && changesMap:
			merged[key] = merge(before, after)
		default:
			merged[key] = change
		}
	}
	return merged
}

func parseSetting(setting string) (map[string]interface{}, error) {
	key, text, found := strings.Cut(setting, "=")
	if !found {
		return nil, fmt.Errorf("--set %s: want path.to.key=value", setting)
	}
	var value interface{}
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		return nil, fmt.Errorf("--set %s: %v", setting, err)
	}
	parts := strings.Split(key, ".")
	for i := len(parts) - 1; i >= 0; i-- {
		value = map[string]interface{}{parts[i]: value}
	}
	return value.(map[string]interface{}), nil
}

// Chart.yaml's keys are lower case, and upper case in templates.
func capitalised(metadata map[string]interface{}) map[string]interface{} {
	result := map[string]interface{}{}
	for key, value := range metadata {
		name := strings.ToUpper(key[:1]) + key[1:]
		if key == "apiVersion" {
			name = "APIVersion"
		}
		result[name] = value
	}
	return result
}

// execute renders every template that is not a partial; NOTES.txt alone, or all others.
func (c *chart) execute(context map[string]interface{}, known []map[string]interface{}, notes bool) ([]string, error) {
	root := template.New("chart").Option("missingkey=zero")
	root.Funcs(functions(root, known))
	names := make([]string, 0, len(c.templates))
	for name := range c.templates {
		names = append(names, name)
	}
	sort.Strings(names)
	prefix := fmt.Sprint(c.metadata["name"]) + "/"
	for _, name := range names {
		if _, err := root.New(prefix + name).Parse(c.templates[name]); err != nil {
			return nil, err
		}
	}
	var texts []string
	for _, name := range names {
		file := path.Base(name)
		if strings.HasPrefix(file, "_") || (file == "NOTES.txt") != notes {
			continue
		}
		context["Template"] = map[string]interface{}{"Name": prefix + name, "BasePath": prefix + "templates"}
		var text strings.Builder
		if err := root.ExecuteTemplate(&text, prefix+name, context); err != nil {
			return nil, err
		}
		// Helm does the same: a missing value is nothing, not the words of Go's templates.
		texts = append(texts, strings.ReplaceAll(text.String(), "<no value>", ""))
	}
	return texts, nil
}

type capabilities struct {
	KubeVersion kubeVersion
	APIVersions apiVersions
}

type kubeVersion struct{ Version, GitVersion, Major, Minor string }

func (v kubeVersion) String() string { return v.Version }

type apiVersions []string

func (a apiVersions) Has(version string) bool {
	for _, known := range a {
		if known == version {
			return true
		}
	}
	return false
}

func newCapabilities(version string, served []string, wanted interface{}) (*capabilities, error) {
	parts := strings.SplitN(strings.TrimPrefix(version, "v"), ".", 3)
	if len(parts) < 2 {
		return nil, fmt.Errorf("--kube-version %s: want v1.2.3", version)
	}
	for _, part := range parts[:2] {
		if _, err := strconv.Atoi(part); err != nil {
			return nil, fmt.Errorf("--kube-version %s: want v1.2.3", version)
		}
	}
	if wanted != nil {
		fits, err := semverCompare(fmt.Sprint(wanted), version)
		if err != nil {
			return nil, err
		}
		if !fits {
			return nil, fmt.Errorf("chart requires kubeVersion %v, which is incompatible with %s", wanted, version)
		}
	}
	return &capabilities{kubeVersion{version, version, parts[0], parts[1]}, served}, nil
}
