// The CanaryPolicy's schema: its own rules of form, a table of good and bad objects, and the fields of its C# reader.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import YAML from "yaml";
import { problemsBySchema, schemaOf } from "./custom-resources.mjs";
import { out, read, readYaml, root, run } from "./tree.mjs";

const definition = readYaml("crds/canarypolicies.yaml");
const schema = schemaOf(definition, "v1alpha1");
const { analysis } = schema.properties.spec.properties;
const table = readYaml("tests/Charts/policies.yaml");

const policy = (spec) => ({
  apiVersion: "rollouts-companion.io/v1alpha1",
  kind: "CanaryPolicy",
  metadata: { name: "shop" },
  spec: spec.analysis ? { rolloutRef: { name: "shop" }, ...spec } : spec,
});

for (const [what, spec] of Object.entries(table.good)) {
  test(`a policy with ${what} is accepted`, () => assert.deepEqual(problemsBySchema(schema, policy(spec)), []));
}
for (const [what, spec] of Object.entries(table.bad)) {
  test(`a policy with ${what} is refused`, () => assert.notDeepEqual(problemsBySchema(schema, policy(spec)), []));
}

/** Every schema below one, with its path. */
function* schemas(inner, path) {
  yield [path, inner];
  for (const [name, property] of Object.entries(inner.properties ?? {})) yield* schemas(property, `${path}.${name}`);
  if (inner.items) yield* schemas(inner.items, `${path}[]`);
  if (typeof inner.additionalProperties === "object") yield* schemas(inner.additionalProperties, `${path}.*`);
}

test("every field says what it is", () => {
  const silent = [...schemas(schema, "")].filter(([path, { description }]) =>
    !description && path !== ".metadata" && !path.startsWith(".metadata."));
  assert.deepEqual(silent.map(([path]) => path), []);
});

test("every list, map and text of the spec is bounded, so that the rules' cost is", () => {
  const endless = [...schemas(schema.properties.spec, "spec")].filter(([, inner]) =>
    (inner.type === "array" && !inner.maxItems)
    || (typeof inner.additionalProperties === "object" && !inner.maxProperties)
    || (inner.type === "string" && !inner.maxLength && !inner.enum && !inner.format));
  assert.deepEqual(endless.map(([path]) => path), []);
});

test("no number of the spec is a float", () => {
  assert.deepEqual([...schemas(schema, "")].filter(([, { type }]) => type === "number").map(([path]) => path), []);
});

test("a status has its own door, and its columns read what is there", () => {
  const [version] = definition.spec.versions;
  assert.deepEqual(version.subresources, { status: {} });
  const known = new Set([...schemas(schema, "")].map(([path]) => path));
  for (const { name, jsonPath } of version.additionalPrinterColumns) {
    const plain = jsonPath.replace(/\[\?.*?\]/, "[]");
    assert.ok(plain.startsWith(".metadata.") || known.has(plain), `column ${name} reads ${jsonPath}`);
  }
});

/** The names that a C# file takes from an object's fields. */
const taken = (file, receiver) =>
  new Set([...read(`src/Analysis/Policy/${file}`).matchAll(
    new RegExp(`\\b${receiver}\\s*\\.(?:Take|Text|Texts|Number|NumberOrNull|Count|Seconds|SecondsOrNull|Choice|Flag)\\(\\s*"(\\w+)"`, "g"),
  )].map((match) => match[1]));

const names = (inner) => new Set(Object.keys(inner.properties));

test("the schema of an analysis has the fields that its reader reads", () => {
  const fields = taken("SpecReader.cs", "fields");
  // Of a template's or a journal line's own: a policy says elsewhere who it is and how pods are reached.
  for (const other of ["kind", "policy", "scrape"]) fields.delete(other);
  assert.deepEqual(names(analysis), fields);
});

test("the schema of a limit has the fields that its reader reads", () =>
  assert.deepEqual(names(analysis.properties.limits.items), taken("SpecReader.cs", "limit")));

test("the schema of a metric has the fields that its reader reads", () => {
  const { items } = analysis.properties.metrics;
  const ofSelector = ["metric", "labels"];
  const fields = taken("MetricReader.cs", "fields");
  assert.deepEqual(names(items), new Set([...fields].filter((name) => !ofSelector.includes(name))));
  for (const part of ["bad", "total"]) {
    assert.deepEqual(names(items.properties.ratio.properties[part]), new Set(ofSelector));
  }
});

const linter = path.join(root, "src/AnalysisController/bin/Release/net10.0/analysis-controller");

test("the schema names the profiles that the reader knows", () => {
  const text = YAML.stringify(policy({ analysis: { profile: "None" } }));
  const { findings } = JSON.parse(run(linter, ["lint", "--output", "json", "-"], { input: text }).output);
  const [, names] = findings[0].message.match(/one of (.*) is expected/);
  assert.deepEqual(analysis.properties.profile.enum, names.split(", "));
});

test("the controller's own reader accepts and refuses the same policies", () => {
  const objects = [
    ...Object.entries(table.good).map(([what, spec]) => ({ what, isGood: true, spec })),
    ...Object.entries(table.bad).map(([what, spec]) => ({ what, isGood: false, spec })),
  ].map((one, index) => ({ ...one, name: `policy-${index}` }));
  const file = path.join(out, "policies.yaml");
  writeFileSync(file, objects.map(({ name, spec }) =>
    YAML.stringify({ ...policy(spec), metadata: { name } })).join("---\n"));
  const linted = run(linter, ["lint", "--output", "json", file]);
  const report = JSON.parse(linted.output);
  assert.equal(report.policies, objects.length, linted.error);
  const refused = new Set(report.findings.filter(({ severity }) => severity.toLowerCase() === "error")
    .map(({ object }) => object));
  const disagreed = objects.filter(({ name, isGood }) => refused.has(`CanaryPolicy ${name}`) === isGood);
  assert.deepEqual(disagreed.map(({ what, isGood }) => `${isGood ? "refused" : "accepted"}: ${what}`), []);
});
