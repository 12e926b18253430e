/**
 * Turns the manifest's DaemonSet into a pod of this node, as its controller would, with images that the node has.
 *
 * What the manifest says of accounts, environment, mounts and rights stays; added are the other two agents, a short
 * grace period, and this machine's Deno and this project in the place of the image.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { permissionFlags } from "../../../lib/cli/permissions.ts";
import type { KubeObject } from "./kube_api.ts";

const PROJECT = fileURLToPath(new URL("../../../", import.meta.url));
const BUSYBOX = "localhost/busybox:1";

/** Namespace and name of the pod. */
export const WATCHER = { namespace: "logging", name: "kube-log-watcher-x7k2p" };

/** Seconds that a vanished log stays configured in this run. */
export const GRACE_SECONDS = 5;

/** Where the watcher writes, as it sees it. */
export const INSIDE = {
  config: "/etc/scalyr-agent-2/agent.json",
  scalyrLinks: "/var/log/scalyr-agent",
  jobs: "/opt/appdynamics/conf/job",
  symlinks: "/var/log/container-links",
} as const;

/** Tells, once a second, which of the configured logs the shipper's container can read. */
const SHIPPER = `while :; do
  grep -o '"path": "[^"]*"' ${INSIDE.config} | cut -d'"' -f4 | while read -r path; do
    if head -c 1 "$path" >/dev/null; then echo "readable $path"; else echo "unreadable $path"; fi
  done >/var/lib/scalyr-agent-2/report.new 2>/dev/null
  mv /var/lib/scalyr-agent-2/report.new /var/lib/scalyr-agent-2/report
  sleep 1
done`;

/** Where a path of the node lies. Outside of /var/log the node shares this machine's folders, which are left alone. */
export function hostPath(path: string, folder: string): string {
  return path.startsWith("/var/log/") ? path : join(folder, "host", path);
}

/**
 * Makes the pod.
 * @param daemonSet The manifest's.
 * @param folder Folder of the run.
 */
export function watcherPod(daemonSet: KubeObject, folder: string): KubeObject {
  const { metadata, spec } = daemonSet.spec.template;
  const [watcher, shipper] = spec.containers;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...metadata, ...WATCHER },
    spec: {
      ...spec,
      initContainers: spec.initContainers.map((container: object) => ({ ...container, image: BUSYBOX })),
      containers: [
        {
          ...watcher,
          image: BUSYBOX,
          command: entryPoint(),
          env: [...watcher.env.filter(({ name }: { name: string }) => name !== "WATCHER_AGENTS"), ...ENVIRONMENT],
          volumeMounts: [...watcher.volumeMounts, ...EXTRA.map(({ mount }) => mount)],
        },
        { ...shipper, image: BUSYBOX, command: ["/bin/sh", "-c", SHIPPER] },
      ],
      volumes: [
        ...spec.volumes.map((volume: Volume) => onNode(volume, folder)),
        ...EXTRA.map(({ volume }) => onNode(volume, folder)),
      ],
    },
  };
}

/** The image's ENTRYPOINT. */
function entryPoint(): string[] {
  const deno = "/opt/deno/deno";
  return [deno, "run", "--cached-only", "--frozen", ...permissionFlags(deno), "/app/main.ts"];
}

const ENVIRONMENT = [
  { name: "WATCHER_AGENTS", value: "scalyr,appdynamics,symlinker" },
  { name: "WATCHER_APPDYNAMICS_DEST_PATH", value: INSIDE.jobs },
  { name: "WATCHER_SYMLINK_DIR", value: INSIDE.symlinks },
  { name: "WATCHER_GRACE_PERIOD", value: String(GRACE_SECONDS) },
  { name: "WATCHER_WRITE_INTERVAL", value: "0.25" },
  { name: "DENO_DIR", value: "/deno-dir" },
];

interface Volume {
  readonly name: string;
  readonly hostPath?: { readonly path: string; readonly type?: string };
}

function onNode(volume: Volume, folder: string): Volume {
  const { hostPath: host } = volume;
  if (!host || host.type !== "DirectoryOrCreate") return volume;
  return { ...volume, hostPath: { ...host, path: hostPath(host.path, folder) } };
}

const EXTRA = [
  output("jobs", INSIDE.jobs),
  output("symlinks", INSIDE.symlinks),
  machine("deno", { path: dirname(Deno.execPath()), mountPath: "/opt/deno" }),
  machine("app", { path: PROJECT, mountPath: "/app" }),
  machine("lib", { path: "/lib", mountPath: "/lib" }),
  machine("lib64", { path: "/lib64", mountPath: "/lib64" }),
];

function output(name: string, path: string) {
  return {
    volume: { name, hostPath: { path, type: "DirectoryOrCreate" } },
    mount: { name, mountPath: path, readOnly: false },
  };
}

/** A folder of this machine that the image would hold. */
function machine(name: string, { path, mountPath }: { path: string; mountPath: string }) {
  return { volume: { name, hostPath: { path, type: "Directory" } }, mount: { name, mountPath, readOnly: true } };
}
