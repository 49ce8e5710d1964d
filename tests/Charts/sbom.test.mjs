// What the programs are made of: a valid CycloneDX document that names every locked package and nothing else.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import { out, read, run } from "./tree.mjs";

const schemas = path.join(out, "node_modules/@cyclonedx/cyclonedx-library/res/schema");
const schema = (name) => JSON.parse(readFileSync(path.join(schemas, `${name}.SNAPSHOT.schema.json`), "utf8"));
const ajv = new Ajv({ strict: false, allErrors: true, formats: { "idn-email": true, "iri-reference": true } });
addFormats(ajv);
for (const part of ["spdx", "jsf-0.82", "cryptography-defs"]) {
  // They are referred to by the name of their file, not by their own id.
  const { $id, ...loaded } = schema(part);
  ajv.addSchema(loaded, new URL(`${part}.SNAPSHOT.schema.json`, $id).href);
}
const validate = ajv.compile(schema("bom-1.6"));

for (const project of ["Api", "AnalysisController"]) {
  const written = run(process.execPath, ["scripts/sbom", project]);
  const bom = JSON.parse(written.output);

  test(`the bill of ${project} is valid CycloneDX`, () => {
    assert.ok(validate(bom), ajv.errorsText(validate.errors));
    const known = new Set([bom.metadata.component, ...bom.components].map((component) => component["bom-ref"]));
    assert.equal(known.size, bom.components.length + 1);
    const used = bom.dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]);
    assert.deepEqual(used.filter((reference) => !known.has(reference)), []);
  });

  test(`the bill of ${project} names what is locked for the image`, () => {
    const locked = JSON.parse(read(`src/${project}/packages.lock.json`)).dependencies["net10.0"];
    const wanted = Object.keys(locked).filter((name) => !name.endsWith("BannedApiAnalyzers"));
    assert.deepEqual(bom.components.map(({ name }) => name).sort(), wanted.sort());
  });

  test(`the bill of ${project} is the same each time`, () =>
    assert.equal(run(process.execPath, ["scripts/sbom", project]).output, written.output));
}

test("a bill that is not valid is found", () => assert.equal(validate({ bomFormat: "CycloneDX" }), false));
