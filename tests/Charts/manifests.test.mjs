// Manifests as strictly as an API server with fieldValidation=Strict reads them, and whether they fit together.
import assert from "node:assert/strict";
import { test } from "node:test";
import { documents, exists, filesBelow, label, podTemplate, read, readYaml, renderings } from "./tree.mjs";
import { problems } from "./strict.mjs";

for (const { chart, set, objects } of renderings) {
  test(`every field of ${chart} ${set} is one of its kind`, () =>
    assert.deepEqual(objects.flatMap((object) => problems(object)), []));

  test(`the objects of ${chart} ${set} are named once, and find each other`, () => {
    const names = objects.map(label);
    assert.deepEqual(names.filter((name, index) => names.indexOf(name) !== index), []);
    assert.deepEqual(objects.flatMap((object) => looseEnds(object, objects)), []);
  });
}

for (const file of ["install.yaml", "namespace-install.yaml"]) {
  test(`every field of ${file} is one of its kind`, { skip: !exists(file) && "not made yet" }, () => {
    const objects = documents(read(file).replaceAll("NAMESPACE", "shop"));
    assert.deepEqual(objects.flatMap((object) => problems(object)), []);
  });
}

for (const file of filesBelow("examples").filter((name) => name.endsWith(".yaml"))) {
  test(`every field of ${file} is one of its kind`, () =>
    assert.deepEqual(documents(read(file)).flatMap((object) => problems(object)), []));
}

const isPartOf = (part, whole = {}) => Object.entries(part).every(([key, value]) => whole[key] === value);

/** References that lead nowhere within what a chart renders. */
function looseEnds(object, objects) {
  const found = [];
  const pods = objects.map((candidate) => [candidate, podTemplate(candidate)]).filter(([, template]) => template);
  const selects = (selector, what) => {
    const chosen = pods.filter(([, template]) => isPartOf(selector, template.metadata.labels));
    if (chosen.length !== 1) found.push(`${label(object)}: ${what} selects ${chosen.length} kinds of pods, not 1`);
    return chosen[0]?.[1];
  };
  if (object.kind === "Service") {
    const template = selects(object.spec.selector, "selector");
    const ports = template?.spec.containers.flatMap((container) => container.ports?.map((port) => port.name) ?? []);
    for (const { targetPort } of object.spec.ports.filter((port) => !ports?.includes(port.targetPort))) {
      found.push(`${label(object)}: no container port ${targetPort}`);
    }
  }
  if (["PodDisruptionBudget", "Deployment", "Rollout"].includes(object.kind)) {
    selects(object.spec.selector.matchLabels, "selector");
  }
  if (object.kind === "NetworkPolicy") selects(object.spec.podSelector.matchLabels, "podSelector");
  if (object.kind === "PodMonitor") selects(object.spec.selector.matchLabels, "selector");
  if (object.kind === "ServiceMonitor") {
    const services = objects.filter(
      (other) => other.kind === "Service" && isPartOf(object.spec.selector.matchLabels, other.metadata.labels),
    );
    if (services.length !== 1) found.push(`${label(object)}: selects ${services.length} Services, not 1`);
    for (const { port } of object.spec.endpoints) {
      if (!services[0]?.spec.ports.some((known) => known.name === port)) found.push(`${label(object)}: no port ${port}`);
    }
  }
  if (object.roleRef) {
    const role = objects.find(
      (other) => other.kind === object.roleRef.kind && other.metadata.name === object.roleRef.name,
    );
    if (!role) found.push(`${label(object)}: no ${object.roleRef.kind} ${object.roleRef.name}`);
  }
  return found;
}

test("the journal sheds its oldest files long before its volume is full and the pod is evicted for it", () => {
  const { limitMebibytes, volume } = readYaml("charts/analysis-controller/values.yaml").journal;
  assert.equal(volume.emptyDir.sizeLimit, "1Gi");
  assert.ok(limitMebibytes <= 0.75 * 1024, `${limitMebibytes} MiB of 1 GiB, and the newest file grows on`);
});

const deployment = () => structuredClone(renderings.find(({ set }) => set === "default").objects.find(isDeployment));
const isDeployment = ({ kind }) => kind === "Deployment";
const mistakes = [
  ["a misspelt field", (object) => (object.spec.template.spec.containers[0].livenessProb = {}), /livenessProb: no such/],
  ["a number as text", (object) => (object.spec.replicas = "2"), /spec.replicas: "2" is no number/],
  ["a missing field", (object) => delete object.spec.selector, /selector is missing/],
  ["a name that is none", (object) => (object.metadata.name = "A_b"), /A_b is no name/],
  ["a kind that is not known", (object) => (object.apiVersion = "apps/v2"), /apps\/v2 Deployment is not known/],
];
for (const [what, make, words] of mistakes) {
  test(`the strict reading finds ${what}`, () => {
    const object = deployment();
    make(object);
    assert.match(problems(object).join("\n"), words);
  });
}
