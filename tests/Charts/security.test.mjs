// The restricted Pod Security Standard, and no right beyond those that are listed here.
import assert from "node:assert/strict";
import { test } from "node:test";
import { documents, exists, label, podTemplate, read, readYaml, renderings } from "./tree.mjs";

const volumeKinds = [
  "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret",
];

/** kubernetes.io/docs/concepts/security/pod-security-standards, restricted; and below, what we ask beyond it. */
function violations({ metadata, spec }) {
  const found = [];
  const must = (holds, what) => holds || found.push(what);
  const pod = spec.securityContext ?? {};
  for (const host of ["hostNetwork", "hostPID", "hostIPC"]) must(!spec[host], host);
  for (const volume of spec.volumes ?? []) {
    const kind = Object.keys(volume).find((key) => key !== "name");
    must(volumeKinds.includes(kind), `volume ${volume.name} of kind ${kind}`);
  }
  must(!(pod.sysctls?.length > 0), "sysctls");
  must(!pod.windowsOptions?.hostProcess, "hostProcess");
  for (const name of Object.keys(metadata?.annotations ?? {})) must(!name.includes("apparmor"), `annotation ${name}`);
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    const own = container.securityContext ?? {};
    const say = (holds, what) => must(holds, `${container.name}: ${what}`);
    const runAsNonRoot = own.runAsNonRoot ?? pod.runAsNonRoot;
    const user = own.runAsUser ?? pod.runAsUser;
    const seccomp = (own.seccompProfile ?? pod.seccompProfile)?.type;
    say(own.privileged !== true, "privileged");
    say(own.allowPrivilegeEscalation === false, "allowPrivilegeEscalation");
    say(own.capabilities?.drop?.includes("ALL"), "capabilities are not dropped");
    say((own.capabilities?.add ?? []).every((added) => added === "NET_BIND_SERVICE"), "capabilities are added");
    say(own.procMount === undefined || own.procMount === "Default", "procMount");
    say(runAsNonRoot === true, "runAsNonRoot");
    say(user === undefined || user > 0, "runAsUser 0");
    say(["RuntimeDefault", "Localhost"].includes(seccomp), "seccompProfile");
    say((container.ports ?? []).every((port) => !port.hostPort), "hostPort");
    say((own.seLinuxOptions ?? pod.seLinuxOptions) === undefined, "seLinuxOptions");

    say(own.readOnlyRootFilesystem === true, "readOnlyRootFilesystem");
    say(Number.isInteger(user), "runAsUser is no number, so that runAsNonRoot cannot be checked");
    say(container.resources?.limits?.memory, "no memory limit");
    say(container.resources?.requests?.cpu && container.resources.requests.memory, "no requests");
    say(!/:latest$|:$/.test(container.image), `image ${container.image}`);
  }
  return found;
}

for (const { chart, set, objects } of renderings) {
  test(`the pods of ${chart} ${set} are restricted`, () => {
    for (const object of objects.filter(podTemplate)) {
      assert.deepEqual(violations(podTemplate(object)), [], label(object));
    }
  });

  test(`only the controller of ${chart} ${set} gets a token`, () => {
    for (const object of objects.filter(podTemplate)) {
      const mounts = podTemplate(object).spec.automountServiceAccountToken;
      assert.equal(mounts, chart === "analysis-controller" && object.kind === "Deployment", label(object));
    }
  });
}

const good = () => structuredClone(podTemplate(renderings[0].objects.find(({ kind }) => kind === "Deployment")));
const container = (change) => (pod) => change(pod.spec.containers[0]);
const breaches = [
  (pod) => (pod.spec.hostNetwork = true),
  (pod) => pod.spec.volumes.push({ name: "host", hostPath: { path: "/" } }),
  (pod) => delete pod.spec.securityContext.runAsNonRoot,
  (pod) => delete pod.spec.securityContext.seccompProfile,
  (pod) => (pod.spec.securityContext.runAsUser = 0),
  (pod) => (pod.spec.securityContext.sysctls = [{ name: "net.ipv4.tcp_syncookies", value: "0" }]),
  (pod) => (pod.spec.initContainers = [{ name: "init", image: "init:1" }]),
  container((it) => (it.securityContext.privileged = true)),
  container((it) => delete it.securityContext.allowPrivilegeEscalation),
  container((it) => (it.securityContext.capabilities.drop = ["KILL"])),
  container((it) => (it.securityContext.capabilities.add = ["SYS_ADMIN"])),
  container((it) => (it.securityContext.procMount = "Unmasked")),
  container((it) => (it.securityContext.readOnlyRootFilesystem = false)),
  container((it) => (it.ports[0].hostPort = 80)),
  container((it) => delete it.resources.limits),
  container((it) => (it.image = "controller:latest")),
];
test("each breach of the standard is found", () => {
  assert.deepEqual(violations(good()), []);
  for (const breach of breaches) {
    const pod = good();
    breach(pod);
    assert.notDeepEqual(violations(pod), [], breach.toString());
  }
});

/** A rule as one line for each right: group/resource[name]: verb. */
function rights(rules) {
  return rules
    .flatMap(({ apiGroups, resources, resourceNames = [""], verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          resourceNames.flatMap((name) => verbs.map((verb) => `${group}/${resource}[${name}]: ${verb}`)),
        ),
      ),
    )
    .sort();
}

const may = (resource, ...verbs) => verbs.map((verb) => `${resource}: ${verb}`);

/** All that the controller may do, by what its values arm. */
function allowed(values) {
  return [
    ...may("argoproj.io/rollouts[]", "get", "list", "watch", ...(values.actions?.pause ? ["patch"] : [])),
    ...(values.actions?.abort ? may("argoproj.io/rollouts/status[]", "patch") : []),
    ...may("argoproj.io/analysisruns[]", "get", "list", "watch", "create", "patch", "delete"),
    ...may("argoproj.io/experiments[]", "list", "watch"),
    ...may("apps/replicasets[]", "list", "watch"),
    ...may("/pods[]", "list", "watch"),
    ...(values.scrape?.via === "ApiServer" ? may("/pods/proxy[]", "get") : []),
    ...may("/events[]", "create", "patch"),
    ...may("rollouts-companion.io/canarypolicies[]", "list", "watch"),
    ...may("rollouts-companion.io/canarypolicies/status[]", "patch"),
  ].sort();
}

test("with everything armed, the controller may do what its program asks for, and nothing else", () => {
  // Tests of the client hold this list against the requests that are sent.
  const source = read("src/AnalysisController/Kubernetes/RequiredAccess.cs");
  const asked = [...source.matchAll(/new\("([^"]*)", "([^"]+)", \[([^\]]+)\], "[^"]*"\)/g)]
    .filter(([, , resource]) => resource !== "leases")
    .flatMap(([, group, resource, verbs]) => may(`${group}/${resource}[]`, ...verbs.replaceAll('"', "").split(", ")));
  const armed = { actions: { abort: true, pause: true }, scrape: { via: "ApiServer" } };
  assert.deepEqual(allowed(armed), asked.sort());
});

const leasing = (lease) =>
  [
    ...may("coordination.k8s.io/leases[]", "create"),
    ...may(`coordination.k8s.io/leases[${lease}]`, "get", "patch"),
  ].sort();

for (const { chart, set, file, objects } of renderings) {
  const roles = objects.filter(({ kind }) => ["Role", "ClusterRole"].includes(kind));
  if (chart !== "analysis-controller") {
    test(`${chart} ${set} asks for no right`, () => assert.deepEqual(roles.map(label), []));
    continue;
  }

  test(`${chart} ${set} has the rights that are listed, and no other`, () => {
    const values = readYaml(file);
    const bound = objects.filter(({ roleRef }) => roleRef).map(({ kind, roleRef, metadata }) => ({
      kind,
      role: roles.find((role) =>
        role.kind === roleRef.kind && role.metadata.name === roleRef.name
        && role.metadata.namespace === metadata.namespace),
    }));
    const isLeasing = ({ role }) => role.metadata.name.endsWith("-leader");
    const working = bound.filter((binding) => !isLeasing(binding));
    const scopes = values.clusterInstall === false ? (values.watchNamespaces ?? ["rollouts-companion"]) : [undefined];
    assert.deepEqual(working.map(({ role }) => role.metadata.namespace), [...scopes].sort());
    for (const { role } of working) assert.deepEqual(rights(role.rules), allowed(values));
    const elects = values.leaderElection?.enabled ?? true;
    const fullname = values.fullnameOverride ?? "companion-analysis-controller";
    assert.deepEqual(bound.filter(isLeasing).map(({ role }) => rights(role.rules)), elects ? [leasing(fullname)] : []);

    // What is bound to nobody only widens the cluster's own roles, and only for policies.
    const unbound = roles.filter((role) => !bound.some((binding) => binding.role === role));
    for (const role of unbound) {
      assert.ok(role.metadata.labels["rbac.authorization.k8s.io/aggregate-to-view"]
        ?? role.metadata.labels["rbac.authorization.k8s.io/aggregate-to-edit"], label(role));
      assert.ok(rights(role.rules).every((right) => right.startsWith("rollouts-companion.io/canarypolicies[]")));
    }
  });
}

test("a namespaced install makes nothing that belongs to the cluster", () => {
  const ofCluster = ["ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "Namespace"];
  const namespaced = [
    ...renderings.find(({ set }) => set === "namespaced").objects,
    ...(exists("namespace-install.yaml") ? documents(read("namespace-install.yaml")) : []),
  ];
  assert.deepEqual(namespaced.filter(({ kind }) => ofCluster.includes(kind)).map(label), []);
});
