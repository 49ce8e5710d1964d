// The CanaryPolicy's schema and the controller's own reader must say the same of every field: each gets inputs at its
// limits and beyond, alone in a policy that is good otherwise, and all of them go through both.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { problemsBySchema, schemaOf } from "./custom-resources.mjs";
import { fieldsOf, valuesOf } from "./inputs.mjs";
import { out, readYaml, root, run } from "./tree.mjs";

const schema = schemaOf(readYaml("crds/canarypolicies.yaml"), "v1alpha1");
const { properties } = schema.properties.spec;
const analysis = properties.analysis;
const linter = path.join(root, "src/AnalysisController/bin/Release/net10.0/analysis-controller");

const ratio = { bad: { metric: "failed_total", labels: { l: ["x"] } }, total: { metric: "jobs_total" } };

/** A metric of each kind, by a name that has defaults and by one's own. */
const metrics = [
  ...["errors", "clientErrors", "lat_p90", "health", "restarts", "classes", "memory"].map((name) => ({ name })),
  { name: "errors", ratio }, { name: "clientErrors", ratio }, { name: "lat_p50", histogram: "h" },
  { name: "health", ratio }, { name: "classes", counter: "c", label: "l" }, { name: "memory", gauge: "g" },
  { name: "own", ratio }, { name: "own", histogram: "h" }, { name: "own", counter: "c", label: "l" },
  { name: "own", gauge: "g" },
];

/** A copy of an object with one field put in; the objects on the way are made. */
function put(object, [name, ...rest], value) {
  return { ...object, [name]: rest.length === 0 ? value : put(object[name] ?? {}, rest, value) };
}

function without(object, [name, ...rest]) {
  if (rest.length > 0) return { ...object, [name]: without(object[name], rest) };
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
}

const base = { rolloutRef: { name: "shop" } };
const inputs = [];
const add = (what, spec) => inputs.push({ what, spec });
const addAnalysis = (what, value) => add(what, { ...base, analysis: value });

for (const [way, inner] of fieldsOf({ properties })) {
  const start = way[0] === "rolloutSelector" ? {} : base;
  for (const value of valuesOf(inner)) {
    add(`${way.join(".")}: ${JSON.stringify(value)}`, put(start, way, value));
  }
}
add("both ways to name a Rollout", { ...base, rolloutSelector: { matchLabels: { a: "b" } } });
add("a selector that is null beside a name", { ...base, rolloutSelector: null });

const metricFields = [...fieldsOf(analysis.properties.metrics.items)];
for (const metric of metrics) {
  for (const [way, inner] of metricFields) {
    for (const value of valuesOf(inner)) {
      const changed = put(metric, way, value);
      addAnalysis(`${JSON.stringify(metric)} with ${way.join(".")}: ${JSON.stringify(value)}`, { metrics: [changed] });
    }
  }
  for (const action of ["Abort", "Hold"]) {
    for (const more of [{ margin: "0.1" }, { margin: null }, { weight: "0.1" }, { weight: "0" },
      { weight: "0", dryRun: true }]) {
      addAnalysis(`${JSON.stringify(metric)} with ${JSON.stringify({ action, ...more })}`,
        { metrics: [{ ...metric, action, ...more }] });
    }
  }
  addAnalysis(`${JSON.stringify(metric)} with an unknown field`, { metrics: [{ ...metric, nope: 1 }] });
  for (const limit of [{}, { slowerThanSeconds: "0.5" }, { slowerThanSeconds: null }]) {
    addAnalysis(`a limit ${JSON.stringify(limit)} on ${JSON.stringify(metric)}`,
      { metrics: [metric], limits: [{ metric: metric.name, max: "0.1", ...limit }] });
  }
}
for (const way of [["name"], ["ratio", "bad"], ["ratio", "total"], ["ratio", "bad", "metric"], ["ratio", "total", "metric"]]) {
  addAnalysis(`a ratio without ${way.join(".")}`, { metrics: [without({ name: "own", ratio }, way)] });
}
for (const [one, other] of metrics.flatMap((one) => metrics.map((other) => [one, other]))) {
  addAnalysis(`${JSON.stringify(one)} and ${JSON.stringify(other)}`, { metrics: [one, other] });
}
for (const count of [0, 1, 16, 17]) {
  addAnalysis(`${count} metrics`, { metrics: Array.from({ length: count }, (_, i) => ({ name: `g${i}`, gauge: "g" })) });
  addAnalysis(`${count} limits`, { limits: Array.from({ length: count }, () => ({ metric: "errors", max: "0.1" })) });
}

for (const name of ["errors", "lat_p99", "health", "own"]) {
  for (const [way, inner] of fieldsOf(analysis.properties.limits.items)) {
    for (const value of valuesOf(inner)) {
      addAnalysis(`a limit on ${name} with ${way.join(".")}: ${JSON.stringify(value)}`,
        { limits: [put({ metric: name, max: "0.1" }, way, value)] });
    }
  }
}
for (const list of ["metrics", "limits"]) {
  for (const item of [null, 1, "errors", [], {}]) addAnalysis(`${list} of ${JSON.stringify(item)}`, { [list]: [item] });
}

for (const preset of [undefined, "default", "fast", "strict"]) {
  for (const scrape of [undefined, 1, 4, 5, 8, 9, 40, 41, 300]) {
    for (const evidence of [undefined, 1, 2, 10, 74, 75]) {
      addAnalysis(`preset ${preset}, scrape ${scrape}, evidence ${evidence}`, {
        ...(preset && { preset }), ...(scrape && { scrapeIntervalSeconds: scrape }),
        ...(evidence && { evidenceIntervalSeconds: evidence }),
      });
    }
  }
}

for (const [way, inner] of [[[], schema.properties.spec], ...fieldsOf({ properties })]) {
  if (inner.properties) {
    add(`an unknown field in ${way.join(".")}`, put(way[0] === "rolloutSelector" ? {} : base, [...way, "nope"], 1));
  }
}
for (const foreign of ["kind", "policy", "scrape"]) addAnalysis(`analysis.${foreign}`, { [foreign]: "spec" });

test("the schema and the controller's reader agree on every field, at its limits and beyond", () => {
  const policies = inputs.map(({ spec }, index) => ({
    apiVersion: "rollouts-companion.io/v1alpha1", kind: "CanaryPolicy", metadata: { name: `policy-${index}` }, spec,
  }));
  const file = path.join(out, "agreement.yaml");
  writeFileSync(file, policies.map((policy) => JSON.stringify(policy)).join("\n---\n"));
  const { findings, policies: count } = JSON.parse(run(linter, ["lint", "--output", "json", file]).output);
  assert.equal(count, inputs.length);
  const said = new Map();
  for (const { object, severity, message } of findings) {
    if (severity === "Error") said.set(object, [...(said.get(object) ?? []), message]);
  }

  let accepted = 0;
  const disagreed = inputs.flatMap(({ what }, index) => {
    const bySchema = problemsBySchema(schema, policies[index]);
    const byReader = said.get(`CanaryPolicy policy-${index}`) ?? [];
    accepted += bySchema.length === 0 ? 1 : 0;
    return (bySchema.length === 0) === (byReader.length === 0) ? []
      : [`${what}: schema says [${bySchema.join("; ")}], reader says [${byReader.join("; ")}]`];
  });
  assert.deepEqual(disagreed, []);
  // Neither side may agree by refusing, or taking, whatever comes.
  assert.ok(accepted > 500 && accepted < inputs.length - 500, `${accepted} of ${inputs.length} accepted`);
});
