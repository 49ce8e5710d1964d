// install.yaml and namespace-install.yaml: the controller's chart without Helm, for kubectl apply.
import YAML from "yaml";
import { documents, render } from "./tree.mjs";

const header = `# What 'make charts ACCEPT=1' renders from charts/analysis-controller; change the chart, not this file.
`;

/** What Helm alone needs is taken out: hooks, its labels, its annotations. */
function withoutHelm(object) {
  const { labels = {}, annotations = {} } = object.metadata;
  for (const owned of [labels, object.spec?.template?.metadata?.labels ?? {}]) {
    delete owned["helm.sh/chart"];
    delete owned["app.kubernetes.io/managed-by"];
  }
  delete annotations["helm.sh/resource-policy"];
  if (Object.keys(annotations).length === 0) delete object.metadata.annotations;
  return object;
}

function manifests(namespace, settings) {
  const options = ["-release", "analysis-controller", "-namespace", namespace];
  return documents(render("analysis-controller", { settings, options }))
    .filter((object) => !object.metadata.annotations?.["helm.sh/hook"])
    .map(withoutHelm);
}

const text = (objects) =>
  header + objects.map((object) => `---\n${YAML.stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })}`).join("");

export function install() {
  const namespace = {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: "rollouts-companion",
      labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    },
  };
  return {
    "install.yaml": text([namespace, ...manifests("rollouts-companion", [])]),
    // No name of a namespace is upper case: who forgets to replace it is told.
    "namespace-install.yaml": text(manifests("NAMESPACE", ["clusterInstall=false", "crds.enabled=false"])),
  };
}
