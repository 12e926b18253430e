/**
 * What each agent is to have of a container, worked out from what the simulation knows, without the program's own code.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import { SAMPLE_NODE_NAME } from "../../lib/sample/sample_node.ts";
import type { Outputs } from "../e2e/outputs.ts";
import { PARSER_ANNOTATION, type Run, type SimulatedPod } from "./simulated_pod.ts";

/** Everything that is to be there for one container. */
export interface Expectation {
  readonly id: string;
  /** Links: where they lead, by path. */
  readonly links: Readonly<Record<string, string>>;
  readonly scalyr: {
    readonly path: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly isCri: boolean;
  };
  readonly jobPath: string;
  readonly job: {
    readonly source: Readonly<Record<string, unknown>>;
    readonly fields: Readonly<Record<string, string>>;
  };
}

/** Works out what is to be there for one run of a container. */
export function expectationOf(pod: SimulatedPod, { run, outputs }: { run: Run; outputs: Outputs }): Expectation {
  const { id, containerName, logPath } = run;
  const labels = pod.wasInApi ? pod.labels : {};
  const { version = "", component = "", release = "", environment = "production" } = labels;
  const application = labels.application ?? pod.name;
  const parser = parserOf(pod, containerName);
  const names = { application, component, version, release, environment };
  const scalyrLink = `${outputs.scalyrDestPath}/${id}/${application}-${version || "none"}.log`;
  const folders = [application, component || application, pod.namespace, environment, version || "none", containerName];
  const link = `${outputs.linksPath}/${id}/${folders.map(dotless).join("/")}/${dotless(pod.name)}.log`;
  const attributes = withoutEmpty({
    ...names,
    environment: environment === "production" ? "" : environment,
    pod: pod.name,
    namespace: pod.namespace,
    container: containerName,
    container_id: id,
    parser: parser === "json" ? "" : parser,
  });
  const fields = withoutEmpty({
    sourceType: `application-${application}`,
    nodeName: SAMPLE_NODE_NAME,
    LogFile: basename(logPath),
    application_id: application,
    application_version: version || "none",
    container_name: containerName,
    application_pod: pod.name,
    application_namespace: pod.namespace,
    application_release: release,
  });
  return {
    id,
    links: { [scalyrLink]: logPath, [link]: logPath },
    scalyr: { path: scalyrLink, attributes, isCri: pod.layout === "cri" },
    jobPath: outputs.jobPath(id),
    job: {
      source: { type: "file", path: dirname(logPath), nameGlob: basename(logPath), startAtEnd: false },
      fields,
    },
  };
}

function parserOf(pod: SimulatedPod, containerName: string): string {
  const annotation = pod.wasInApi ? pod.annotations[PARSER_ANNOTATION] : undefined;
  if (annotation === undefined) return "json";
  const [item] = JSON.parse(annotation);
  return item.container === containerName ? item.parser : "json";
}

function dotless(part: string): string {
  return part.replaceAll(".", "_");
}

function withoutEmpty(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== ""));
}
