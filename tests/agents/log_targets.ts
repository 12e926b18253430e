import { type LogHints, type LogTarget, NO_HINTS } from "../../lib/join/log_target.ts";

/** What a test changes of a target; everything else is plain. */
export interface TargetChanges {
  readonly id?: string;
  readonly containerName?: string;
  readonly podName?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly logPath?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly hints?: Partial<LogHints>;
}

const DOCKER_ID = "b7a01c894a595effa38899483b264a1572bd2d0d55b6b14329508d76d4bd302a";
const CRI_ID = "6540dca07916350c5da777160c8edfa1c8eec4cd5f4503310156e86fd9207fb7";

/** Makes a target of Docker's layout. */
export function dockerTarget(changes: TargetChanges = {}): LogTarget {
  const id = changes.id ?? DOCKER_ID;
  return target({ id, logPath: `/var/lib/docker/containers/${id}/${id}-json.log`, ...changes }, "json-file");
}

/** Makes a target of the CRI layout. */
export function criTarget(changes: TargetChanges = {}): LogTarget {
  const logPath = "/var/log/pods/shop_web-3_3cbebc25-6c5b-4e49-849e-33fc881a0458/app/0.log";
  return target({ id: CRI_ID, logPath, ...changes }, "cri");
}

function target(
  { id, logPath, ...changes }: TargetChanges & { id: string; logPath: string },
  format: LogTarget["log"]["format"],
): LogTarget {
  const { containerName = "app", podName = "web-3", namespace = "shop", labels = {}, annotations = {} } = changes;
  const { attributes = {}, hints = {} } = changes;
  const slash = logPath.lastIndexOf("/");
  return {
    id,
    log: { path: logPath, directory: logPath.slice(0, slash), name: logPath.slice(slash + 1), format },
    container: {
      name: containerName,
      restart: 0,
      kind: "container",
      imageReference: "bb:1",
      image: "bb",
      imageVersion: "1",
    },
    pod: { uid: "3cbebc25-6c5b-4e49-849e-33fc881a0458", name: podName, namespace, labels, annotations },
    application: labels.application ?? podName,
    component: labels.component ?? "",
    environment: labels.environment ?? "production",
    version: labels.version ?? "",
    release: labels.release ?? "",
    attributes,
    hints: { ...NO_HINTS, ...hints },
  };
}
