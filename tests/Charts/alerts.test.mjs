// Alerts and dashboards: promtool's word on the rules, a runbook for each alert, and names that somebody exports.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import YAML from "yaml";
import { accepts, exists, filesBelow, out, read, readYaml, renderings, root, run } from "./tree.mjs";

const ruleFiles = { controller: "charts/analysis-controller/files/alerts.yaml", api: "charts/sample-api/files/alerts.yaml" };
const alerts = Object.values(ruleFiles).flatMap((file) => readYaml(file).groups.flatMap(({ rules }) => rules));

test("promtool finds the rules in order, as they are and as they are rendered", () => {
  const files = Object.values(ruleFiles);
  for (const { chart, set, objects } of renderings) {
    for (const { spec } of objects.filter(({ kind }) => kind === "PrometheusRule")) {
      const file = path.join(out, `rules-${chart}-${set}.yaml`);
      writeFileSync(file, YAML.stringify(spec));
      files.push(file);
    }
  }
  const promtool = run("promtool", ["check", "rules", ...files]);
  assert.equal(promtool.code, 0, promtool.output + promtool.error);
});

test("every alert fires when it must, and is silent when it must not", () => {
  const folder = path.join(out, "alerts");
  mkdirSync(folder, { recursive: true });
  for (const [name, file] of Object.entries(ruleFiles)) writeFileSync(path.join(folder, `${name}.yaml`), read(file));
  const tests = read("tests/Charts/alert-tests.yaml");
  writeFileSync(path.join(folder, "tests.yaml"), tests);
  const promtool = run("promtool", ["test", "rules", path.join(folder, "tests.yaml")]);
  assert.equal(promtool.code, 0, promtool.output + promtool.error);
  for (const { alert } of alerts) {
    const ofAlert = YAML.parse(tests).tests.flatMap((one) => one.alert_rule_test)
      .filter(({ alertname }) => alertname === alert);
    assert.ok(ofAlert.some((one) => one.exp_alerts) && ofAlert.some((one) => !one.exp_alerts), alert);
  }
});

for (const { alert, labels, annotations } of alerts) {
  test(`${alert} says who is to do what, and how soon`, () => {
    assert.ok(annotations.summary && annotations.description);
    assert.match(labels.severity, /^(page|ticket)$/);
    assert.match(labels.team, /^(rollout|platform)$/);
    const page = `docs/runbooks/${alert}.md`;
    assert.ok(exists(page), `${page} is not there`);
    for (const part of ["## What it means", "## What to look at", "## What to do"]) assert.ok(read(page).includes(part), part);
  });
}

test("every rendered alert links to its runbook and carries the labels of its values", () => {
  const { objects } = renderings.find(({ chart, set }) => chart === "analysis-controller" && set === "full");
  const rules = objects.find(({ kind }) => kind === "PrometheusRule").spec.groups[0].rules;
  assert.deepEqual(rules.filter(({ alert }) => alert === "CanaryAnalysisStuck"), []);
  assert.ok(rules.some(({ record }) => record === "canary:aborts:rate1h"));
  for (const { alert, labels, annotations } of rules.filter((rule) => rule.alert)) {
    assert.ok(annotations.runbook_url.endsWith(`/docs/runbooks/${alert}.md`));
    assert.equal(labels.cluster, "one");
    assert.ok(labels.severity);
  }
});

const dashboards = filesBelow("charts").filter((file) => file.includes("/files/dashboards/"));

test("every dashboard is whole: panels of their own place, with a query and words", () => {
  for (const file of dashboards) {
    const { panels, uid, title } = JSON.parse(read(file));
    assert.ok(uid && title, file);
    const places = panels.map(({ gridPos }) => gridPos);
    for (const [index, one] of places.entries()) {
      for (const other of places.slice(index + 1)) {
        const apart = one.x + one.w <= other.x || other.x + other.w <= one.x
          || one.y + one.h <= other.y || other.y + other.h <= one.y;
        assert.ok(apart, `${file}: two panels at ${JSON.stringify(one)}`);
      }
    }
    for (const panel of panels.filter(({ type }) => type !== "row")) {
      assert.ok(panel.description && panel.targets.length > 0, `${file}: ${panel.title}`);
    }
  }
});

// What Kubernetes' own exporters have, and no program of ours: cAdvisor and kube-state-metrics.
const others = new Set([
  "container_cpu_usage_seconds_total", "container_memory_working_set_bytes", "kube_pod_container_resource_limits",
]);
const words = /^(by|without|on|ignoring|group_left|group_right|and|or|unless|bool|offset|sum|max|min|avg|count)$/;

/** The names of metrics that a query asks for: what is left of it without labels, texts, functions and words. */
function metricNames(query) {
  const plain = query
    .replace(/label_values\((\w+)(\{[^}]*\})?, \w+\)/, "$1")
    .replace(/"(\\.|[^"])*"/g, "")
    .replace(/\{[^}]*\}/g, "")
    .replace(/\[[^\]]*\]/g, "")
    .replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, "")
    .replace(/\$\w+/g, "");
  return [...plain.matchAll(/[a-zA-Z_:][a-zA-Z0-9_:]*(?!\w)(?!\s*\()/g)]
    .map(([name]) => name)
    .filter((name) => !words.test(name));
}

test("the names of metrics are found in a query", () => {
  const query = 'histogram_quantile(0.9, sum by (le, a) (rate(x_seconds_bucket{b="c"}[5m]))) / max by (d) (y:z) and on (e) v';
  assert.deepEqual(metricNames(query), ["x_seconds_bucket", "y:z", "v"]);
  assert.deepEqual(metricNames('label_values(a{b=~"$c"}, d)'), ["a"]);
});

test("what dashboards and alerts ask for is the accepted list of what the programs export", () => {
  const asked = { "analysis-controller": new Set(), "sample-api": new Set() };
  const add = (file, query) =>
    metricNames(query).filter((name) => !others.has(name)).forEach((name) => asked[file.split("/")[1]].add(name));
  for (const file of dashboards) {
    const { panels, templating } = JSON.parse(read(file));
    for (const { expr } of panels.flatMap((panel) => panel.targets ?? [])) add(file, expr);
    for (const variable of templating.list.filter(({ type }) => type === "query")) add(file, variable.definition);
  }
  for (const file of Object.values(ruleFiles)) {
    for (const { expr } of readYaml(file).groups.flatMap(({ rules }) => rules)) add(file, expr);
  }
  const lists = Object.fromEntries(Object.entries(asked).map(([program, names]) => [program, [...names].sort()]));
  // A test of the running programs holds this list against their /metrics: tests/EndToEnd/PromtoolTests.cs.
  const file = "tests/Charts/asked-metrics.json";
  if (accepts) writeFileSync(path.join(root, file), JSON.stringify(lists, null, 2) + "\n");
  assert.deepEqual(JSON.parse(read(file)), lists, "look, and 'make charts ACCEPT=1'");
});

test("every query is one that Prometheus understands", () => {
  const rules = dashboards.flatMap((file) =>
    JSON.parse(read(file)).panels.flatMap((panel) => panel.targets ?? []).map(({ expr }) => expr));
  const filled = rules.map((expr, index) => ({
    record: `query_${index}`,
    expr: expr.replaceAll("$__rate_interval", "5m").replaceAll("$__range", "1h").replaceAll(/\$\w+/g, "any"),
  }));
  const file = path.join(out, "queries.yaml");
  writeFileSync(file, YAML.stringify({ groups: [{ name: "dashboards", rules: filled }] }));
  const promtool = run("promtool", ["check", "rules", file]);
  assert.equal(promtool.code, 0, promtool.output + promtool.error);
});
