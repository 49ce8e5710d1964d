// What the charts render, against what was accepted; `make charts ACCEPT=1` accepts.
import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { install } from "./install.mjs";
import { accepts, canonical, charts, exists, filesBelow, isHere, read, render, renderings, root, run } from "./tree.mjs";
import { valuesTable } from "./values-table.mjs";

/** Compares a file with what it should hold, or writes it when that is accepted. */
function compare(file, wanted) {
  if (accepts) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), wanted);
    return;
  }
  assert.ok(exists(file), `${file} is not there; look at what it would be, and 'make charts ACCEPT=1'`);
  if (read(file) !== wanted) {
    const difference = run("diff", ["-u", file, "-"], { input: wanted }).output;
    assert.fail(`${file} is not what is made now; if it should be, 'make charts ACCEPT=1'\n${difference}`);
  }
}

const golden = (rendering) => `tests/Charts/golden/${rendering.chart}/${rendering.set}.yaml`;

// The stand-ins are rendered as they are, so that an accepted copy would say nothing.
for (const rendering of renderings.filter(({ chart }) => chart !== "rollouts-dev-crds")) {
  test(`${rendering.chart} renders ${rendering.set} as accepted`, () => compare(golden(rendering), rendering.text));
}

test("every accepted rendering is of a set of values that is there", () => {
  const wanted = new Set(renderings.filter(({ chart }) => chart !== "rollouts-dev-crds").map(golden));
  for (const file of filesBelow("tests/Charts/golden").filter((file) => !wanted.has(file))) {
    if (accepts) rmSync(path.join(root, file));
    else assert.fail(`${file} is a rendering of nothing`);
  }
});

test("helm, where it is, renders what our renderer does", { skip: !isHere("helm") && "no helm on PATH" }, () => {
  for (const { chart, set, file, text } of renderings) {
    const args = ["template", "companion", `charts/${chart}`, "--namespace", "rollouts-companion", "--values", file];
    const helm = run("helm", [...args, "--kube-version", "v1.32.0"]);
    assert.equal(helm.code, 0, helm.error);
    assert.equal(canonical(helm.output), text, `${chart} ${set}`);
  }
});

for (const chart of charts) {
  test(`the notes of ${chart} leave nothing open`, () => {
    for (const { file } of renderings.filter((rendering) => rendering.chart === chart)) {
      const notes = render(chart, { files: [file], options: ["-notes"] });
      assert.doesNotMatch(notes, /<no value>|<nil>|\{\{/, file);
    }
  });

  test(`the values table of ${chart} is the one of its values.yaml`, () => {
    const file = `charts/${chart}/README.md`;
    compare(file, valuesTable(read(file), read(`charts/${chart}/values.yaml`)));
  });
}

for (const [file, wanted] of Object.entries(install())) {
  test(`${file} is what the chart renders`, () => compare(file, wanted));
}

test("a chart's version is the programs'", () => {
  const version = read("Directory.Build.props").match(/<VersionPrefix>(.*)<\/VersionPrefix>/)[1];
  for (const chart of charts) {
    const metadata = read(`charts/${chart}/Chart.yaml`);
    assert.match(metadata, new RegExp(`^version: ${version}$`, "m"), chart);
    assert.match(metadata, new RegExp(`^appVersion: "${version}"$`, "m"), chart);
  }
});

const refusals = [
  ["analysis-controller", ["leaderElection.enabled=false"], /replicas is 2, but leaderElection.enabled is false/],
  ["analysis-controller", ["watchNamespaces=[a]"], /watchNamespaces is set, but clusterInstall is true/],
  [
    "analysis-controller",
    ["metrics.serviceMonitor.enabled=true", "metrics.podMonitor.enabled=true"],
    /every sample would be there twice/,
  ],
  ["analysis-controller", ["podDisruptionBudget.enabled=true"], /exactly one of minAvailable and maxUnavailable/],
  ["analysis-controller", ["scrape.via=ApiServer", "scrape.serverName=a"], /have no effect then/],
  ["analysis-controller", ["scrape.insecureSkipVerify=true", "scrape.caConfigMap={name: a, key: b}"], /one or the other/],
  ["sample-api", ["faults.enabled=false", "faults.start.error.ratio=0.1"], /faults.enabled is false/],
  ["sample-api", ["kind=Deployment", "ingress.backend=stable"], /no stable version without a Rollout/],
  ["sample-api", ["analysis.mode=direct", "analysis.background=true"], /needs an analysis template/],
  ["sample-api", ["httpRoute.enabled=true"], /names no gateway/],
  ["sample-api", ["analysis.mode=pull", 'analysis.spec.alpha="0.1"'], /spec.alpha cannot be said in a URL/],
  ["rollouts-dev-crds", [], /install Argo Rollouts instead/],
];
for (const [chart, settings, words] of refusals) {
  test(`${chart} refuses ${settings.join(" with ") || "its defaults"}`, () =>
    assert.throws(() => render(chart, { settings }), words));
}

test("the charts refuse a cluster that is too old", () => {
  assert.throws(() => render("analysis-controller", { options: ["-kube-version", "v1.28.9"] }), /requires kubeVersion/);
});

test("stand-ins are refused where Argo Rollouts has its own, and may replace themselves", () => {
  const crd = (labels) => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: rollouts.argoproj.io, labels: ${labels}}
`;
  const settings = ["iKnowTheseAreStandIns=true"];
  const cluster = path.join(root, "out/charts/cluster.yaml");
  writeFileSync(cluster, crd("{}"));
  assert.throws(
    () => render("rollouts-dev-crds", { settings, options: ["-lookup", cluster] }),
    /rollouts.argoproj.io is Argo Rollouts' own here/,
  );
  writeFileSync(cluster, crd('{compat: "true"}'));
  assert.match(render("rollouts-dev-crds", { settings, options: ["-lookup", cluster] }), /name: rollouts.argoproj.io/);
});
