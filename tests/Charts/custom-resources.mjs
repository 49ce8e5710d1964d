// Custom resources as an API server checks them: unknown fields, the schema, list keys, then the CEL rules.
import { Environment } from "@marcbachmann/cel-js";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import { filesBelow, readYaml } from "./tree.mjs";

const ajv = new Ajv({ allErrors: true, strict: false, formats: { int64: true } });
addFormats(ajv);

const definitions = filesBelow("crds").map(readYaml);

/** What is wrong with an object of one of our CRDs or stand-ins; null when its kind has none. */
export function customResourceProblems(object) {
  const [group, version] = object.apiVersion.split("/");
  const definition = definitions.find(({ spec }) => spec.group === group && spec.names.kind === object.kind);
  if (!definition) return null;
  const schema = schemaOf(definition, version);
  if (!schema) return [`${object.apiVersion} is not served`];
  return problemsBySchema(schema, object);
}

export const schemaOf = (definition, version) =>
  definition.spec.versions.find(({ name }) => name === version)?.schema.openAPIV3Schema;

const compiled = new Map();

export function problemsBySchema(schema, given) {
  const object = withoutNulls(schema, given);
  if (!compiled.has(schema)) compiled.set(schema, ajv.compile(closed(schema)));
  const validate = compiled.get(schema);
  if (!validate(object)) {
    return validate.errors.map((error) => {
      const extra = error.params.additionalProperty ? ` (${error.params.additionalProperty})` : "";
      return `${error.instancePath} ${error.message}${extra}`;
    });
  }
  return [...repeatedKeys(schema, object, ""), ...ruleProblems(schema, object, "")];
}

/**
 * Null is a field that is not there, unless it is nullable (kubernetes/apiextensions-apiserver
 * pkg/apiserver/schema/defaulting/prune.go); an item of a list stays.
 */
function withoutNulls(schema, value) {
  if (Array.isArray(value)) return value.map((item) => withoutNulls(schema?.items, item));
  if (value === null || typeof value !== "object") return value;
  const inner = (name) => schema?.properties?.[name] ?? schema?.additionalProperties;
  return Object.fromEntries(Object.entries(value)
    .filter(([name, item]) => item !== null || !inner(name) || inner(name).nullable)
    .map(([name, item]) => [name, withoutNulls(inner(name), item)]));
}

/** As Kubernetes reads a schema: closed where it names fields, int-or-string, nullable; its own keywords left out. */
function closed(schema) {
  const result = { ...schema };
  if (schema["x-kubernetes-int-or-string"]) result.type = ["integer", "string"];
  if (schema.nullable) result.type = [schema.type, "null"];
  if (schema.nullable && schema.enum) result.enum = [...schema.enum, null];
  delete result.nullable;
  if (schema.properties) {
    result.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, inner]) => [name, closed(inner)]),
    );
    const isOpen = schema["x-kubernetes-preserve-unknown-fields"] || schema.additionalProperties;
    if (!isOpen) result.additionalProperties = false;
  }
  if (schema.items) result.items = closed(schema.items);
  if (typeof schema.additionalProperties === "object") {
    result.additionalProperties = closed(schema.additionalProperties);
  }
  return result;
}

/** The schemas of the children that a value has. */
function children(schema, value, where) {
  if (Array.isArray(value)) return value.map((item, index) => [schema.items, item, `${where}[${index}]`]);
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).map(([name, item]) => [
    schema.properties?.[name] ?? schema.additionalProperties,
    item,
    `${where}.${name}`,
  ]);
}

function below(check, schema, value, where) {
  return children(schema, value, where)
    .filter(([inner]) => inner && typeof inner === "object")
    .flatMap(([inner, item, path]) => check(inner, item, path));
}

function repeatedKeys(schema, value, where) {
  const keys = schema["x-kubernetes-list-map-keys"];
  const found = [];
  if (keys && Array.isArray(value)) {
    const seen = value.map((item) => keys.map((key) => item[key]).join("/"));
    for (const key of seen.filter((key, index) => seen.indexOf(key) !== index)) found.push(`${where} ${key} is there twice`);
  }
  return found.concat(below(repeatedKeys, schema, value, where));
}

const rules = new Map();

function ruleProblems(schema, value, where) {
  // Kubernetes does not run rules on a null.
  const own = value === null ? [] : (schema["x-kubernetes-validations"] ?? []);
  const broken = own.filter(({ rule }) => {
    if (!rules.has(rule)) {
      const environment = new Environment({ homogeneousAggregateLiterals: false }).registerVariable("self", "dyn");
      rules.set(rule, environment.parse(rule));
    }
    try {
      return rules.get(rule)({ self: celValue(value) }) !== true;
    } catch {
      // A rule that cannot be evaluated is broken too.
      return true;
    }
  });
  return [...broken.map(({ message }) => `${where} ${message}`), ...below(ruleProblems, schema, value, where)];
}

/** CEL tells integers and doubles apart; JavaScript does not. */
function celValue(value) {
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(celValue);
  if (value === null || typeof value !== "object") return value;
  // A null of a nullable field is not there for `has` (kubernetes/apiserver pkg/cel/common/values.go).
  return Object.fromEntries(
    Object.entries(value).filter(([, item]) => item !== null).map(([name, item]) => [name, celValue(item)]),
  );
}
