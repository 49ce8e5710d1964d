// Values against their schema: what is offered fits, what is misspelt or out of range is refused by name.
import assert from "node:assert/strict";
import { test } from "node:test";
import Ajv from "ajv";
import { charts, read, readYaml, renderings } from "./tree.mjs";

const ajv = new Ajv({ allErrors: true, strict: false });
const validators = Object.fromEntries(
  charts.map((chart) => [chart, ajv.compile(JSON.parse(read(`charts/${chart}/values.schema.json`)))]),
);

function problems(chart, values) {
  const validate = validators[chart];
  return validate(values) ? [] : validate.errors.map((error) => `${error.instancePath} ${error.message}`);
}

/** Every path of a schema below which nothing else may be. */
function openObjects(schema, path = "") {
  const own = schema.properties && schema.additionalProperties !== false ? [path] : [];
  return own.concat(
    Object.entries({ ...schema.properties, ...(schema.items && { "[]": schema.items }) })
      .flatMap(([name, inner]) => openObjects(inner, `${path}.${name}`)),
  );
}

/** The leaves of values that the schema does not name. */
function unnamed(values, schema, path = "") {
  if (!schema) return [path];
  if (!schema.properties || values === null || typeof values !== "object") return [];
  return Object.entries(values).flatMap(([name, value]) => unnamed(value, schema.properties[name], `${path}.${name}`));
}

for (const chart of charts) {
  const schema = JSON.parse(read(`charts/${chart}/values.schema.json`));
  const values = readYaml(`charts/${chart}/values.yaml`);

  test(`the defaults of ${chart} fit its schema`, () => assert.deepEqual(problems(chart, values), []));
  test(`the schema of ${chart} is closed`, () => assert.deepEqual(openObjects(schema), []));
  test(`the schema of ${chart} names what values.yaml has, and nothing else`, () => {
    assert.deepEqual(unnamed(values, schema), []);
    const names = Object.keys(schema.properties).filter((name) => name !== "global");
    assert.deepEqual(names.filter((name) => !(name in values)), []);
  });
}

for (const { chart, set, file } of renderings) {
  test(`the values ${set} fit the schema of ${chart}`, () => assert.deepEqual(problems(chart, readYaml(file)), []));
}

const bad = [
  ["analysis-controller", { replica: 3 }, /must NOT have additional properties/],
  ["analysis-controller", { replicas: "2" }, /\/replicas must be integer/],
  ["analysis-controller", { image: { digest: "sha256:12" } }, /\/image\/digest must match pattern/],
  ["analysis-controller", { actions: { abort: "yes" } }, /\/actions\/abort must be boolean/],
  ["analysis-controller", { leaderElection: { leaseDuration: "15" } }, /leaseDuration must match pattern/],
  ["analysis-controller", { leaderElection: { leaseName: "a..b" } }, /leaseName must match pattern/],
  ["analysis-controller", { watchNamespaces: ["Shop"] }, /watchNamespaces\/0 must match pattern/],
  ["analysis-controller", { journal: { limitMebibytes: 0 } }, /limitMebibytes must be >= 1/],
  ["analysis-controller", { port: 80 }, /\/port must be >= 1024/],
  ["analysis-controller", { verdictApi: { tokenSecret: { name: "a" } } }, /must have property key/],
  ["analysis-controller", { metrics: { serviceMonitor: { enable: true } } }, /additional properties/],
  ["sample-api", { kind: "StatefulSet" }, /\/kind must be equal to one of/],
  ["sample-api", { faults: { start: { error: { ratio: 20 } } } }, /ratio must be <= 1/],
  ["sample-api", { faults: { start: { errors: { ratio: 0.2 } } } }, /additional properties/],
  ["sample-api", { faults: { start: { error: { status: [200] } } } }, /status/],
  ["sample-api", { analysis: { mode: "Push" } }, /\/analysis\/mode must be equal to one of/],
  ["sample-api", { version: "v 2" }, /\/version must match pattern/],
  ["rollouts-dev-crds", { iKnowTheseAreStandIns: "true" }, /must be boolean/],
];
for (const [chart, values, words] of bad) {
  test(`${chart} refuses ${JSON.stringify(values)}`, () => assert.match(problems(chart, values).join("\n"), words));
}
