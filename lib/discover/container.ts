/**
 * The value that discovery makes: the containers whose logs lie on this node's disk, as the disk shows them.
 *
 * @module
 */

/** Envelope of the lines in a log file: Docker's json-file driver, or the CRI text format of containerd and CRI-O. */
export type LogFormat = "json-file" | "cri";

/** One container instance found on disk. Every restart is a container of its own. */
export interface Container {
  /** Identifies the instance for as long as its files exist: `<pod uid>/<container name>/<restart>`. */
  readonly key: string;
  /** Where it was found: Docker's container folder, or /var/log/pods. */
  readonly layout: "docker" | "cri";
  /** Container id, 64 hex digits; undefined while no link in /var/log/containers names it (CRI only). */
  readonly id: string | undefined;
  readonly containerName: string;
  /** Restart number: n of `<n>.log`, or Docker's annotation.io.kubernetes.container.restartCount. */
  readonly restart: number;
  readonly podName: string;
  readonly namespace: string;
  /** As the disk says it; of a static pod the annotation kubernetes.io/config.hash, not metadata.uid. */
  readonly podUid: string;
  /** Live log file, absolute, every link of its path resolved: what a shipper should open. */
  readonly logPath: string;
  /** Told from the file's first bytes; while the file is empty, from the layout. */
  readonly logFormat: LogFormat;
  /** Image as the runtime recorded it (Docker: Config.Image); undefined where the disk does not say (CRI). */
  readonly image: string | undefined;
}

/** A container, or a folder that looks like one, that is not followed, with the reason in words for an operator. */
export interface NotFollowed {
  /** Container id or path: what the reason is about, stable between passes. */
  readonly key: string;
  readonly path: string;
  /** Machine-readable kind. */
  readonly code:
    | "sandbox"
    | "not-kubernetes"
    | "no-log-file"
    | "log-driver"
    | "unreadable"
    | "missing-mount"
    | "outside-roots"
    | "malformed";
  /** Sentence without a full stop, naming what was found and what would mend it. */
  readonly reason: string;
}

/** What one look at the disk found. */
export interface Discovery {
  /** Sorted by key. */
  readonly containers: readonly Container[];
  /** Sorted by key. */
  readonly notFollowed: readonly NotFollowed[];
  /** False when some folder could not be read: then nothing may be concluded from a container's absence. */
  readonly isComplete: boolean;
}
