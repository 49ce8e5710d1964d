package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

// How deep an include may include: a template that includes itself ends with a message, not with the memory.
const deepestInclude = 100

// functions are sprig's, without those that read the environment, and Helm's own.
func functions(root *template.Template, known []map[string]interface{}) template.FuncMap {
	all := sprig.TxtFuncMap()
	delete(all, "env")
	delete(all, "expandenv")
	depth := 0
	execute := func(t *template.Template, name string, dot interface{}) (string, error) {
		depth++
		defer func() { depth-- }()
		if depth > deepestInclude {
			return "", fmt.Errorf("include %s: nested more than %d times", name, deepestInclude)
		}
		var text strings.Builder
		err := t.ExecuteTemplate(&text, name, dot)
		return text.String(), err
	}
	all["include"] = func(name string, dot interface{}) (string, error) { return execute(root, name, dot) }
	all["tpl"] = func(text string, dot interface{}) (string, error) {
		// A copy: what a value defines must not change the chart.
		copied, err := root.Clone()
		if err != nil {
			return "", err
		}
		if _, err := copied.New("tpl").Parse(text); err != nil {
			return "", err
		}
		return execute(copied, "tpl", dot)
	}
	all["required"] = func(message string, value interface{}) (interface{}, error) {
		if value == nil || value == "" {
			return nil, errors.New(message)
		}
		return value, nil
	}
	all["fail"] = func(message string) (string, error) { return "", errors.New(message) }
	all["lookup"] = func(apiVersion, kind, namespace, name string) map[string]interface{} {
		return lookup(known, apiVersion, kind, namespace, name)
	}
	all["toYaml"] = toYaml
	all["fromYaml"] = func(text string) map[string]interface{} {
		result := map[string]interface{}{}
		if err := yaml.Unmarshal([]byte(text), &result); err != nil {
			result["Error"] = err.Error()
		}
		return result
	}
	all["fromYamlArray"] = func(text string) []interface{} {
		var result []interface{}
		if err := yaml.Unmarshal([]byte(text), &result); err != nil {
			result = []interface{}{err.Error()}
		}
		return result
	}
	all["toJson"] = func(value interface{}) (string, error) {
		text, err := json.Marshal(value)
		return string(text), err
	}
	all["fromJson"] = func(text string) map[string]interface{} {
		result := map[string]interface{}{}
		if err := json.Unmarshal([]byte(text), &result); err != nil {
			result["Error"] = err.Error()
		}
		return result
	}
	return all
}

func toYaml(value interface{}) (string, error) {
	text, err := yaml.Marshal(value)
	return strings.TrimSuffix(string(text), "\n"), err
}

func semverCompare(constraint, version string) (bool, error) {
	return sprig.TxtFuncMap()["semverCompare"].(func(string, string) (bool, error))(constraint, version)
}

// loadLookup reads the objects that lookup is to find, as if a cluster held them.
func loadLookup(name string) ([]map[string]interface{}, error) {
	if name == "" {
		return nil, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return readDocuments([]string{string(text)})
}

// lookup finds one object, or with an empty name the list of them; nothing is an empty map, as in helm template.
func lookup(known []map[string]interface{}, apiVersion, kind, namespace, name string) map[string]interface{} {
	items := []interface{}{}
	for _, object := range known {
		metadata, _ := object["metadata"].(map[string]interface{})
		if object["apiVersion"] != apiVersion || object["kind"] != kind ||
			(namespace != "" && metadata["namespace"] != namespace) {
			continue
		}
		if name != "" && metadata["name"] == name {
			return object
		}
		items = append(items, object)
	}
	if name != "" || len(items) == 0 {
		return map[string]interface{}{}
	}
	return map[string]interface{}{"items": items}
}
