/**
 * Builds the folders of container logs of a node, in a temporary folder.
 *
 * @module
 */
import { dirname, join } from "node:path";
import type { DiscoverPaths } from "../../lib/discover/discover.ts";

const FIXTURES = new URL("../fixtures/discover/", import.meta.url).pathname;

export const UID = "0b5e2c52-6d2c-4b0e-9c35-0d9a4d1f7a11";
export const POD_FOLDER = `shop_web-1_${UID}`;

/** Makes a container id, 64 hex digits, from a number. */
export function idOf(number: number): string {
  return number.toString(16).padStart(64, "0");
}

/** The labels that dockershim gives to a container of the pod web-1. */
export function dockershimLabels(changes: Record<string, string | undefined> = {}): Record<string, string> {
  const labels = {
    "annotation.io.kubernetes.container.restartCount": "0",
    "io.kubernetes.container.name": "app",
    "io.kubernetes.docker.type": "container",
    "io.kubernetes.pod.name": "web-1",
    "io.kubernetes.pod.namespace": "shop",
    "io.kubernetes.pod.uid": UID,
    ...changes,
  };
  return JSON.parse(JSON.stringify(labels));
}

/** What a container of Docker's is made with. */
export interface DockerContainer {
  readonly labels?: Record<string, string>;
  readonly image?: string;
  readonly created?: string;
  /** Contents of the json log; null makes none. */
  readonly log?: string | null;
  readonly driver?: string;
}

/** The folders of a node. */
export class NodeTree implements Disposable, DiscoverPaths {
  readonly root = Deno.realPathSync(Deno.makeTempDirSync());
  readonly containersPath = join(this.root, "docker/containers");
  readonly podLogsPath = join(this.root, "log/pods");
  readonly containerLinksPath = join(this.root, "log/containers");

  /** Makes the three folders, empty. */
  withFolders(): this {
    for (const path of [this.containersPath, this.podLogsPath, this.containerLinksPath]) {
      Deno.mkdirSync(path, { recursive: true });
    }
    return this;
  }

  /** Copies a recorded folder. */
  copy(fixture: string, to: string): void {
    copyFolder(join(FIXTURES, fixture), to);
  }

  /** Makes the links that a recorded links.txt lists, with the targets that were recorded. */
  link(fixture: string): void {
    for (const line of Deno.readTextFileSync(join(FIXTURES, fixture)).trim().split("\n")) {
      const [link = "", target = ""] = line.split(" -> ");
      this.symlink(join(this.root, "log", link), target);
    }
  }

  symlink(path: string, target: string): void {
    Deno.mkdirSync(dirname(path), { recursive: true });
    Deno.symlinkSync(target, path);
  }

  write(path: string, text: string): void {
    Deno.mkdirSync(dirname(path), { recursive: true });
    Deno.writeTextFileSync(path, text);
  }

  dockerFolder(id: string): string {
    return join(this.containersPath, id);
  }

  dockerLog(id: string): string {
    return join(this.containersPath, id, `${id}-json.log`);
  }

  addDocker(id: string, container: DockerContainer = {}): void {
    const { labels = dockershimLabels(), image = "registry.example/shop/web:1.4", log = '{"log":"a\\n"}\n' } =
      container;
    const { driver = "json-file", created = "2026-11-23T21:08:15.1Z" } = container;
    const config = {
      ID: id,
      Created: created,
      Config: { Image: image, Labels: labels },
      LogPath: driver === "json-file" ? `/var/lib/docker/containers/${id}/${id}-json.log` : "",
    };
    this.write(join(this.dockerFolder(id), "hostconfig.json"), JSON.stringify({ LogConfig: { Type: driver } }));
    if (log !== null) this.write(this.dockerLog(id), log);
    this.write(join(this.dockerFolder(id), "config.v2.json"), JSON.stringify(config));
  }

  /** Adds a log below the folder of pod logs; `path` is `<container>/<n>.log` of the pod web-1, or has a pod folder. */
  addLog(path: string, text = "2026-11-23T21:07:02.707537455Z stdout F hello\n"): string {
    const log = this.podLog(path);
    this.write(log, text);
    return log;
  }

  podLog(path: string): string {
    return join(this.podLogsPath, path.split("/").length === 3 ? path : join(POD_FOLDER, path));
  }

  /** Adds the kubelet's link that tells the id of a log. */
  addIdLink(path: string, id: string, pod = "web-1_shop_app"): void {
    this.symlink(join(this.containerLinksPath, `${pod}-${id}.log`), this.podLog(path));
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.root, { recursive: true });
  }
}

function copyFolder(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const entry of Deno.readDirSync(from)) {
    if (entry.isDirectory) copyFolder(join(from, entry.name), join(to, entry.name));
    else Deno.copyFileSync(join(from, entry.name), join(to, entry.name));
  }
}
