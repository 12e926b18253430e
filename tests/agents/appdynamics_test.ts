import assert from "node:assert/strict";
import { parse } from "yaml";
import { assertGolden } from "./golden_file.ts";
import { criTarget, dockerTarget } from "./log_targets.ts";
import { renderInSandbox } from "./render_agent.ts";

const DOCKER = dockerTarget({
  podName: "web-7c9d8f6b5-x2k4q",
  labels: {
    application: "web",
    component: "frontend",
    version: "1.10",
    release: "r42",
    appdynamics_app: "shop",
    appdynamics_tier: "backend",
  },
});
const CRI = criTarget();

async function jobs(
  node = { name: "node-1", clusterId: "cluster-1", clusterEnvironment: "production", clusterAlias: "a" },
) {
  const { wanted, refused } = await renderInSandbox("appdynamics", [DOCKER, CRI], {
    settings: { destPath: "/jobs" },
    node,
  });
  assert.deepEqual(refused, []);
  return Object.fromEntries(wanted.map((one) => [one.path, one.kind === "file" ? one.contents : ""]));
}

Deno.test("AppDynamics' job files are those of the golden files, byte by byte", async () => {
  const files = await jobs();
  const [docker, cri] = [`/jobs/container-${DOCKER.id}-jobfile.job`, `/jobs/container-${CRI.id}-jobfile.job`];
  assert.deepEqual(Object.keys(files), [cri, docker]);
  assertGolden("appdynamics/docker.job", files[docker]!);
  assertGolden("appdynamics/cri.job", files[cri]!);
});

Deno.test("AppDynamics' job file has the fields of kubernetes-log-watcher 0.42, and appName and tierName from labels", async () => {
  const job = parse((await jobs())[`/jobs/container-${DOCKER.id}-jobfile.job`]!, { version: "1.1" });
  assert.deepEqual(job, {
    version: 2,
    enabled: true,
    source: {
      type: "file",
      path: `/var/lib/docker/containers/${DOCKER.id}`,
      nameGlob: `${DOCKER.id}-json.log`,
      startAtEnd: false,
    },
    fields: {
      sourceType: "application-web",
      nodeName: "node-1",
      LogFile: `${DOCKER.id}-json.log`,
      application_id: "web",
      application_version: "1.10",
      container_name: "app",
      application_pod: "web-7c9d8f6b5-x2k4q",
      application_namespace: "shop",
      kubernetes_cluster: "cluster-1",
      application_release: "r42",
      tierName: "backend",
      appName: "shop",
    },
    grok: {
      patterns: [
        '\\{"log":"%{DATA:logMessage}","stream":"%{DATA:logStream}","time":"%{TIMESTAMP_ISO8601:logTimestamp}"\\}',
      ],
    },
    eventTimestamp: { pattern: "yyyy-MM-dd'T'HH:mm:ss.SSS" },
  });
});

Deno.test("AppDynamics' job file takes CRI lines apart, and leaves out what is not known", async () => {
  const node = { name: "node-1", clusterId: "", clusterEnvironment: "production", clusterAlias: "none" };
  const job = parse((await jobs(node))[`/jobs/container-${CRI.id}-jobfile.job`]!, { version: "1.1" });
  assert.deepEqual(job.source, {
    type: "file",
    path: "/var/log/pods/shop_web-3_3cbebc25-6c5b-4e49-849e-33fc881a0458/app",
    nameGlob: "0.log",
    startAtEnd: false,
  });
  assert.deepEqual(job.fields, {
    sourceType: "application-web-3",
    nodeName: "node-1",
    LogFile: "0.log",
    application_id: "web-3",
    application_version: "none",
    container_name: "app",
    application_pod: "web-3",
    application_namespace: "shop",
  });
  assert.deepEqual(job.grok.patterns, [
    "%{TIMESTAMP_ISO8601:logTimestamp} %{WORD:logStream} %{NOTSPACE:logTag} %{GREEDYDATA:logMessage}",
  ]);
});
