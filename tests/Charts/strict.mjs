// The fields of an object by the models of the Kubernetes client, and by a CRD's schema where there is one.
import { readFileSync } from "node:fs";
import path from "node:path";
import * as kubernetes from "@kubernetes/client-node";
import { customResourceProblems } from "./custom-resources.mjs";
import { label, out, podTemplate } from "./tree.mjs";

// Kinds of others' CRDs, as far as our charts use them: the fields of each object that may be.
// Sources: prometheus-operator Documentation/api.md; gateway-api HTTPRoute v1.
const endpoint = {
  port: "string",
  path: "string",
  interval: "string",
  scrapeTimeout: "string",
  honorLabels: "boolean",
  relabelings: "any",
  metricRelabelings: "any",
};
const monitor = { namespaceSelector: { matchNames: ["string"] }, selector: "V1LabelSelector" };
const shapes = {
  "monitoring.coreos.com/v1 ServiceMonitor": { ...monitor, endpoints: [endpoint] },
  "monitoring.coreos.com/v1 PodMonitor": { ...monitor, podMetricsEndpoints: [endpoint] },
  "monitoring.coreos.com/v1 PrometheusRule": {
    groups: [
      {
        name: "string",
        rules: [
          {
            alert: "string",
            record: "string",
            expr: "string",
            for: "string",
            keep_firing_for: "string",
            labels: "any",
            annotations: "any",
          },
        ],
      },
    ],
  },
  "gateway.networking.k8s.io/v1 HTTPRoute": {
    parentRefs: [{ name: "string", namespace: "string", sectionName: "string", port: "number" }],
    hostnames: ["string"],
    rules: [{ backendRefs: [{ name: "string", port: "number", weight: "number" }] }],
  },
};

const name = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** What an API server would refuse about an object. */
export function problems(object) {
  const found = [];
  const kind = `${object.apiVersion} ${object.kind}`;
  const say = (where, what) => found.push(`${label(object)}: ${where}: ${what}`);
  if (!name.test(object.metadata?.name ?? "")) say("metadata.name", `${object.metadata?.name} is no name`);
  for (const [key, value] of Object.entries(object.metadata?.labels ?? {})) {
    if (!labelValue.test(value)) say(`metadata.labels.${key}`, `${value} is no label's value`);
  }
  walk("V1ObjectMeta", object.metadata, "metadata", say);
  const own = customResourceProblems(object);
  if (own) {
    own.forEach((problem) => say("", problem));
    if (podTemplate(object)) walk("V1PodTemplateSpec", object.spec.template, "spec.template", say);
  } else if (shapes[kind]) {
    walk(shapes[kind], object.spec, "spec", say);
  } else {
    const model = modelOf(object);
    if (model) walk(model, object, "", say);
    else say("kind", `${kind} is not known here`);
  }
  return found;
}

/** apps/v1 Deployment is V1Deployment, autoscaling/v2 is V2. */
function modelOf({ apiVersion, kind }) {
  const model = apiVersion.split("/").at(-1).replace(/^v/, "V") + kind;
  return kubernetes[model] ? model : null;
}

/** Compares a value with a type: a model's name, a shape of ours, or a type expression of the generated client. */
function walk(type, value, where, say) {
  if (value === null || value === undefined || type === "any" || type === "object") return;
  if (Array.isArray(type)) return items(type[0], value, where, say);
  if (typeof type === "object") return fields(type, value, where, say, () => false);
  const list = type.match(/^Array<(.*)>$/);
  const map = type.match(/^\{ \[key: string\]: (.*); \}$/);
  if (list) return items(list[1], value, where, say);
  if (map) {
    if (isObject(value, where, say)) {
      for (const [key, item] of Object.entries(value)) walk(map[1], item, `${where}.${key}`, say);
    }
    return;
  }
  if (type === "IntOrString") {
    if (!Number.isInteger(value) && typeof value !== "string") say(where, `${value} is neither number nor text`);
  } else if (type === "Date" || type === "V1MicroTime") {
    if (Number.isNaN(Date.parse(value))) say(where, `${value} is no time`);
  } else if (["string", "number", "boolean"].includes(type)) {
    if (typeof value !== type) say(where, `${JSON.stringify(value)} is no ${type}`);
  } else {
    const model = kubernetes[type];
    if (!model?.getAttributeTypeMap) return say(where, `no model ${type}`);
    const known = Object.fromEntries(model.getAttributeTypeMap().map((field) => [field.baseName, field.type]));
    fields(known, value, where, say, (field) => required(type).has(field));
  }
}

function fields(known, value, where, say, isRequired) {
  if (!isObject(value, where, say)) return;
  for (const [field, item] of Object.entries(value)) {
    const inner = where ? `${where}.${field}` : field;
    if (known[field]) walk(known[field], item, inner, say);
    else say(inner, "no such field");
  }
  for (const field of Object.keys(known)) {
    if (isRequired(field) && !(field in value)) say(where, `${field} is missing`);
  }
}

function items(type, value, where, say) {
  if (!Array.isArray(value)) return say(where, `${JSON.stringify(value)} is no list`);
  value.forEach((item, index) => walk(type, item, `${where}[${index}]`, say));
}

function isObject(value, where, say) {
  if (typeof value === "object" && !Array.isArray(value)) return true;
  say(where, `${JSON.stringify(value)} is no object`);
  return false;
}

const requiredFields = new Map();

/** The model itself does not say what is required; its declaration does: optional fields have a question mark. */
function required(model) {
  if (!requiredFields.has(model)) {
    const folder = path.join(out, "node_modules/@kubernetes/client-node/dist/gen/models");
    const declared = readFileSync(path.join(folder, `${model}.d.ts`), "utf8");
    requiredFields.set(model, new Set([...declared.matchAll(/^ {4}'(\w+)': /gm)].map((match) => match[1])));
  }
  return requiredFields.get(model);
}
