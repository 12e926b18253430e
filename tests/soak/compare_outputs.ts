/**
 * Compares what lies on disk with what is to lie there, exactly: nothing more, nothing less, nothing else.
 *
 * @module
 */
import { join } from "node:path";
import { parse } from "yaml";
import type { Outputs } from "../e2e/outputs.ts";
import { type Expectation, expectationOf } from "./expectation.ts";
import type { SimulatedPod } from "./simulated_pod.ts";

/** Lists all differences, one line each; none where the state is exact. */
export function differences(pods: Iterable<SimulatedPod>, outputs: Outputs): readonly string[] {
  const expected = [...pods].flatMap((pod) => pod.runs.map((run) => expectationOf(pod, { run, outputs })));
  return [
    ...configDifferences(expected, outputs),
    ...expected.flatMap((one) => linkDifferences(one)),
    ...expected.flatMap((one) => jobDifferences(one)),
    ...strangers(expected, outputs),
  ];
}

function configDifferences(expected: readonly Expectation[], outputs: Outputs): string[] {
  const logs = outputs.scalyr()?.logs ?? [];
  const byId = new Map(logs.map((log) => [log.attributes.container_id, log]));
  const found: string[] = [];
  if (logs.length !== expected.length) found.push(`agent.json has ${logs.length} logs instead of ${expected.length}`);
  for (const { id, scalyr: { path, attributes, isCri } } of expected) {
    const log = byId.get(id);
    if (log === undefined) found.push(`agent.json lacks container ${id}`);
    else {
      const { path: isPath, attributes: is, parse_format } = log;
      found.push(
        ...difference(`entry of ${id} in agent.json`, {
          is: { path: isPath, attributes: is, parse_format },
          wanted: { path, attributes, parse_format: isCri ? "cri" : undefined },
        }),
      );
    }
  }
  return found;
}

function linkDifferences({ links }: Expectation): string[] {
  return Object.entries(links).flatMap(([path, wanted]) => {
    const is = there(() => Deno.readLinkSync(path));
    return is === wanted ? [] : [`link ${path} leads to ${is ?? "nothing, it is missing"} instead of ${wanted}`];
  });
}

function jobDifferences({ jobPath, job: wanted }: Expectation): string[] {
  const text = there(() => Deno.readTextFileSync(jobPath));
  if (text === undefined) return [`job file ${jobPath} is missing`];
  const { source, fields } = parse(text);
  return difference(jobPath, { is: { source, fields }, wanted });
}

/** Lists files, links and folders that nobody wants. Those of the watcher itself are hidden. */
function strangers(expected: readonly Expectation[], outputs: Outputs): string[] {
  const wanted = new Set([
    outputs.scalyrConfigPath,
    ...expected.flatMap(({ jobPath, links }) => [jobPath, ...Object.keys(links)]),
  ]);
  return walk(outputs.folder).filter(({ path, isEmptyFolder }) =>
    isEmptyFolder ? !isRoot(path, outputs) : !wanted.has(path)
  )
    .map(({ path, isEmptyFolder }) => `${path} should not be there${isEmptyFolder ? ", an empty folder" : ""}`);
}

function isRoot(path: string, { folder, jobsPath, linksPath, scalyrDestPath }: Outputs): boolean {
  return [folder, jobsPath, linksPath, scalyrDestPath].includes(path);
}

/** Lists all that is not hidden; of folders the empty ones. */
function walk(folder: string): { path: string; isEmptyFolder: boolean }[] {
  const entries = there(() => [...Deno.readDirSync(folder)])?.filter(({ name }) => !name.startsWith("."));
  if (entries === undefined) return [];
  if (entries.length === 0) return [{ path: folder, isEmptyFolder: true }];
  return entries.flatMap(({ name, isDirectory }) => {
    const path = join(folder, name);
    return isDirectory ? walk(path) : [{ path, isEmptyFolder: false }];
  });
}

function difference(what: string, { is, wanted }: { is: unknown; wanted: unknown }): string[] {
  const [a, b] = [sorted(is), sorted(wanted)];
  return a === b ? [] : [`${what} is ${a} instead of ${b}`];
}

/** Writes a value as JSON with sorted keys. */
function sorted(value: unknown): string {
  return JSON.stringify(
    value,
    (_, item) =>
      typeof item === "object" && item !== null && !Array.isArray(item)
        ? Object.fromEntries(Object.entries(item).sort())
        : item,
  );
}

function there<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
