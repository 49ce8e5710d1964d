// The repository, and the charts as they render: what every check looks at.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import YAML from "yaml";

export const root = path.resolve(process.env.CHARTS_ROOT);
export const out = path.join(root, "out/charts");
export const charts = readdirSync(path.join(root, "charts"));
export const accepts = process.env.ACCEPT === "1";
const renderer = path.join(out, "render");

export const read = (file) => readFileSync(path.join(root, file), "utf8");
export const exists = (file) => existsSync(path.join(root, file));
export const readYaml = (file) => YAML.parse(read(file));

/** Every file below a folder, as paths from the root. */
export function filesBelow(folder) {
  return readdirSync(path.join(root, folder)).flatMap((name) => {
    const file = `${folder}/${name}`;
    return statSync(path.join(root, file)).isDirectory() ? filesBelow(file) : [file];
  });
}

/** Runs a program; what it printed, and its exit code. */
export function run(program, args, { input, env } = {}) {
  const ended = spawnSync(program, args, {
    cwd: root,
    input,
    env: { ...process.env, ...env },
    encoding: "utf8",
    timeout: 120_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (ended.error) throw ended.error;
  return { code: ended.status, output: ended.stdout, error: ended.stderr };
}

/** Whether a program of this name is on PATH. */
export const isHere = (program) =>
  process.env.PATH.split(":").some((folder) => existsSync(path.join(folder, program)));

/** Renders a chart; throws with the chart's own words when it refuses. */
export function render(chart, { files = [], settings = [], options = [] } = {}) {
  const args = [
    ...files.flatMap((file) => ["-f", file]),
    ...settings.flatMap((setting) => ["-set", setting]),
    ...options,
    `charts/${chart}`,
  ];
  const rendered = run(renderer, args);
  if (rendered.code !== 0) throw new Error(rendered.error.trim());
  return rendered.output;
}

/** Any manifests, in the canonical form of the renderer. */
export function canonical(text) {
  const rendered = run(renderer, ["-canonical"], { input: text });
  if (rendered.code !== 0) throw new Error(rendered.error.trim());
  return rendered.output;
}

export const documents = (text) => YAML.parseAllDocuments(text).map((document) => document.toJS()).filter(Boolean);

/** Each chart with each of its sets of values: {chart, set, file, text, objects}. */
export const renderings = charts.flatMap((chart) =>
  readdirSync(path.join(root, "charts", chart, "ci")).map((name) => {
    const file = `charts/${chart}/ci/${name}`;
    const text = render(chart, { files: [file] });
    return { chart, set: name.replace("-values.yaml", ""), file, text, objects: documents(text) };
  }),
);

/** The pod template of an object that runs pods, or null. */
export function podTemplate(object) {
  if (object.kind === "Pod") return { metadata: object.metadata, spec: object.spec };
  return object.spec?.template?.spec?.containers ? object.spec.template : null;
}

export const label = (object) => `${object.kind} ${object.metadata?.namespace ?? ""}/${object.metadata?.name}`;
