// The programs as the charts start them: their arguments, their environment, their version.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { rootCertificates } from "node:tls";
import { out, podTemplate, read, renderings, root, run } from "./tree.mjs";

const program = (project, name) => path.join(root, `src/${project}/bin/Release/net10.0/${name}`);
const programs = {
  api: program("Api", "api"),
  "analysis-controller": program("AnalysisController", "analysis-controller"),
  "local-cluster": program("LocalCluster", "local-cluster"),
};

test("every program says its name and its version", () => {
  const version = read("Directory.Build.props").match(/<VersionPrefix>(.*)<\/VersionPrefix>/)[1];
  for (const [name, file] of Object.entries(programs)) {
    const said = run(file, ["--version"]);
    assert.deepEqual([said.code, said.output], [0, `${name} ${version}\n`]);
  }
});

const controller = renderings.filter(({ chart }) => chart === "analysis-controller");
for (const { set, objects } of controller) {
  test(`the controller understands the arguments of ${set}`, () => {
    const [container] = podTemplate(objects.find(({ kind }) => kind === "Deployment")).spec.containers;
    const [verb, ...args] = container.args.map(withFile);
    assert.equal(verb, "run");
    const nowhere = path.join(out, "no-such-kubeconfig");
    const ended = run(programs["analysis-controller"], [verb, ...args, "--kubeconfig", nowhere]);
    // All that is wrong is that there is no cluster; an argument that is not understood would be named.
    assert.match(ended.error, /^analysis-controller: .*no-such-kubeconfig/);
    assert.equal(ended.error.trim().split("\n").length, 1, ended.error);
  });
}

/** A file that an argument names is mounted in a cluster; here another takes its place. */
function withFile(argument) {
  const [flag, file] = argument.split("=");
  if (!file?.startsWith("/")) return argument;
  if (flag === "--data-dir") return `${flag}=${mkdtempSync(path.join(out, "data-"))}`;
  const other = path.join(out, `file${file.replaceAll("/", "-")}`);
  writeFileSync(other, flag === "--scrape-ca-file" ? rootCertificates[0] : "secret");
  return `${flag}=${other}`;
}

const workload = ({ objects }) => objects.find((object) => ["Rollout", "Deployment"].includes(object.kind));

for (const rendering of renderings.filter(({ chart }) => chart === "sample-api")) {
  test(`the API starts in the environment of ${rendering.set}, and shows its faults`, async () => {
    const [container] = podTemplate(workload(rendering)).spec.containers;
    const given = Object.fromEntries(container.env.filter(({ value }) => value).map(({ name, value }) => [name, value]));
    const faults = Object.keys(given).filter((name) => name.startsWith("DEMO_FAULT_"));
    const answer = await ask(given, "/demo/faults");
    const shown = answer.faults.map(({ kind }) => `DEMO_FAULT_${kind.toUpperCase().replaceAll("-", "_")}`);
    assert.deepEqual(shown.sort(), faults.sort());
  });
}

/** Starts the API with variables, on a free port, and asks it one thing. */
async function ask(variables, where) {
  const env = { PATH: process.env.PATH, DOTNET_ROOT: process.env.DOTNET_ROOT, ...variables };
  const api = spawn(programs.api, { env: { ...env, ASPNETCORE_URLS: "http://127.0.0.1:0", LOG_LEVEL: "information" } });
  const deadline = setTimeout(() => api.kill("SIGKILL"), 20_000);
  try {
    let printed = "";
    const address = await new Promise((resolve, reject) => {
      const look = (text) => {
        printed += text;
        const found = printed.match(/http:\/\/127\.0\.0\.1:\d+/);
        if (found) resolve(found[0]);
      };
      api.stdout.on("data", look);
      api.stderr.on("data", look);
      api.on("exit", (code) => reject(new Error(`the API ended with ${code}: ${printed}`)));
    });
    const answer = await fetch(address + where);
    assert.equal(answer.status, 200);
    return await answer.json();
  } finally {
    clearTimeout(deadline);
    api.removeAllListeners("exit");
    api.kill("SIGKILL");
  }
}
