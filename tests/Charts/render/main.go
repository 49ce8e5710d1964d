// Render writes the manifests of a Helm chart, where the helm program cannot be had. It knows what our charts use of
// Helm's template language: sprig, include, tpl, required, fail, lookup, toYaml and its kin, .Files, .Capabilities,
// and the built-in objects. Documents come out sorted as Helm installs them and laid out in one canonical form, so
// that two renderings can be compared line by line; --canonical brings Helm's own output into that form.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

type values []string

func (v *values) String() string     { return strings.Join(*v, ",") }
func (v *values) Set(s string) error { *v = append(*v, s); return nil }

type request struct {
	chart, release, namespace, kubeVersion, lookupFile string
	files, settings, apiVersions                       values
	notes                                              bool
}

func main() {
	var r request
	canonical := flag.Bool("canonical", false, "read manifests from standard input and write them in canonical form")
	flag.StringVar(&r.release, "release", "companion", "name of the release")
	flag.StringVar(&r.namespace, "namespace", "rollouts-companion", "namespace of the release")
	flag.StringVar(&r.kubeVersion, "kube-version", "v1.32.0", "what .Capabilities.KubeVersion says")
	flag.StringVar(&r.lookupFile, "lookup", "", "manifests that lookup finds in the cluster; none when not given")
	flag.BoolVar(&r.notes, "notes", false, "write NOTES.txt instead of the manifests")
	flag.Var(&r.files, "f", "values file; later ones win")
	flag.Var(&r.settings, "set", "one value, as path.to.key=value; wins over files")
	flag.Var(&r.apiVersions, "api-version", "an entry of .Capabilities.APIVersions")
	flag.Parse()

	var text string
	var err error
	if *canonical {
		text, err = canonicalInput()
	} else if flag.NArg() != 1 {
		err = fmt.Errorf("want one chart's folder, got %d arguments", flag.NArg())
	} else {
		r.chart = flag.Arg(0)
		text, err = render(r)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "render: %v\n", err)
		os.Exit(1)
	}
	fmt.Print(text)
}

func canonicalInput() (string, error) {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return "", err
	}
	return canonicalDocuments([]string{string(text)})
}

func render(r request) (string, error) {
	chart, err := loadChart(r.chart)
	if err != nil {
		return "", err
	}
	known, err := loadLookup(r.lookupFile)
	if err != nil {
		return "", err
	}
	context, err := chart.context(r)
	if err != nil {
		return "", err
	}
	texts, err := chart.execute(context, known, r.notes)
	if err != nil {
		return "", err
	}
	if r.notes {
		return strings.TrimSpace(strings.Join(texts, "\n")) + "\n", nil
	}
	return canonicalDocuments(texts)
}
