/**
 * Symlinker: a tree of links whose path says what a log belongs to, for any shipper that takes metadata from paths.
 *
 * @module
 */
import type { Agent, Settings } from "../../lib/render/agent.ts";

const settings = {
  symlinkDir: {
    env: "WATCHER_SYMLINK_DIR",
    type: "directory",
    required: true,
    help: "Folder in which the links are made",
    sample: "/var/log/container-links",
  },
} as const satisfies Settings;

/** Longest part of a path, in bytes: 255 of the file system less `.log`. */
const MAX_PART = 251;

/**
 * Makes one part of a path. Lossy on purpose, dots included: patterns of existing shippers rely on it. A part never vanishes, or all
 * parts after it would be read as something else.
 */
function part(value: string): string {
  return value.replaceAll(/[^A-Za-z0-9_-]/g, "_").slice(0, MAX_PART) || "none";
}

export default {
  summary: "Symlinker: one link per container, at a path made of its metadata",
  settings,
  outputs: {
    // No template: a link is all there is. It leads to the live log, which is the default.
    log: {
      link: "{symlinkDir}/{id}/{application}/{component}/{namespace}/{environment}/{version}/{container}/{pod}.log",
    },
  },
  // The fields fill in the braces above. The id comes first, so that two containers never share a path.
  context: (target) => ({
    id: target.id,
    application: part(target.application),
    component: part(target.component || target.application),
    namespace: part(target.pod.namespace),
    environment: part(target.environment),
    version: part(target.version),
    container: part(target.container.name),
    pod: part(target.pod.name),
  }),
} satisfies Agent<typeof settings>;
