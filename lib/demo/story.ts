/**
 * What happens on the demo's node: steps with what must be on disk afterwards.
 *
 * @module
 */
import { join } from "node:path";
import type { ApiPod, EmbeddedApi } from "./embedded_api.ts";
import type { SimulatedContainer, SimulatedNode } from "./simulated_node.ts";

/** Where the demo's agents write. */
export interface DemoOutputs {
  /** File of the scalyr agent. */
  readonly scalyrConfig: string;
  /** Folder of the appdynamics agent. */
  readonly jobs: string;
  /** Folder of the symlinker agent. */
  readonly links: string;
}

/** What a step works with. */
export interface Stage {
  readonly api: EmbeddedApi;
  readonly node: SimulatedNode;
  readonly outputs: DemoOutputs;
}

/** One step. */
export interface Step {
  readonly title: string;
  act(stage: Stage): void;
  /** What must come true on disk: a sentence, and the test of it. */
  readonly expected: string;
  isMet(stage: Stage): boolean;
}

const POD = { namespace: "shop", podName: "checkout-5d9c7b6f4-h8xkz", podUid: "5b0a7c1e-3f52-4d0e-9f4b-6a1d2c3e4f50" };
const FIRST: SimulatedContainer = {
  ...POD,
  name: "checkout",
  restart: 0,
  id: "1".repeat(8) + "c0ffee".repeat(9) + "00",
};
const SECOND: SimulatedContainer = { ...FIRST, restart: 1, id: "2".repeat(8) + "c0ffee".repeat(9) + "00" };
const LATE: SimulatedContainer = {
  namespace: "jobs",
  podName: "report-28371",
  podUid: "7c1b8d2f-4a63-4e1f-8a5c-7b2e3d4f5a61",
  name: "report",
  restart: 0,
  id: "3".repeat(8) + "c0ffee".repeat(9) + "00",
};

function checkout(version: string): ApiPod {
  return {
    metadata: {
      name: POD.podName,
      namespace: POD.namespace,
      uid: POD.podUid,
      labels: { application: "checkout", component: "api", version, environment: "staging" },
      annotations: {
        "kubernetes-log-watcher/scalyr-parser": '[{"container": "checkout", "parser": "checkout-access"}]',
      },
    },
  };
}

function report(): ApiPod {
  return {
    metadata: {
      name: LATE.podName,
      namespace: LATE.namespace,
      uid: LATE.podUid,
      labels: { application: "report", version: "7" },
    },
  };
}

/** The steps, in order. */
export const STORY: readonly Step[] = [
  {
    title: "The pod shop/checkout starts: its container begins to log",
    act({ api, node }) {
      api.put(checkout("1.4"));
      node.start(FIRST);
    },
    expected: "every agent follows the new log",
    isMet: (stage) =>
      scalyrHas(stage, `${FIRST.id}/checkout-1.4.log`) && hasJob(stage, FIRST) && hasLinks(stage, FIRST),
  },
  {
    title: "The container restarts: the same pod, a new log",
    act: ({ node }) => node.start(SECOND),
    expected: "both logs are followed, for the first one has lines that may not have been shipped yet",
    isMet: (stage) =>
      [FIRST, SECOND].every((one) => scalyrHas(stage, `${one.id}/checkout-1.4.log`) && hasJob(stage, one)),
  },
  {
    title: "Somebody changes the label version from 1.4 to 1.5",
    act: ({ api }) => api.put(checkout("1.5")),
    expected: "attributes and links follow at once",
    isMet: (stage) => scalyrHas(stage, `${SECOND.id}/checkout-1.5.log`) && !scalyrHas(stage, "checkout-1.4.log"),
  },
  {
    title: "The Kubernetes API goes away, and a container starts that it never showed",
    act({ api, node }) {
      api.setAway(true);
      node.start(LATE);
    },
    expected: "nothing is removed or stripped; after a short wait the new log is followed with what its path tells",
    isMet: (stage) =>
      scalyrHas(stage, `${LATE.id}/${LATE.podName}-none.log`) && scalyrHas(stage, `${SECOND.id}/checkout-1.5.log`),
  },
  {
    title: "The API is back",
    act({ api }) {
      api.put(report());
      api.setAway(false);
    },
    expected: "the log gets its pod's labels, in place",
    isMet: (stage) => scalyrHas(stage, `${LATE.id}/report-7.log`),
  },
  {
    title: "The pod shop/checkout is deleted, its logs vanish",
    act({ api, node }) {
      api.delete(POD.podUid);
      node.remove([FIRST, SECOND]);
    },
    expected: "after the grace period (2 s here, 5 minutes by default) everything of it is gone, and nothing else",
    isMet: (stage) =>
      !scalyrHas(stage, "checkout-1.5") && !hasJob(stage, SECOND) && !hasLinks(stage, SECOND) && hasJob(stage, LATE),
  },
];

function scalyrHas({ outputs }: Stage, text: string): boolean {
  return readIfThere(outputs.scalyrConfig).includes(text);
}

function hasJob({ outputs }: Stage, { id }: SimulatedContainer): boolean {
  return readIfThere(join(outputs.jobs, `container-${id}-jobfile.job`)) !== "";
}

function hasLinks({ outputs }: Stage, { id }: SimulatedContainer): boolean {
  try {
    return Deno.statSync(join(outputs.links, id)).isDirectory;
  } catch {
    return false;
  }
}

function readIfThere(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
