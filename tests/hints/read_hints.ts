import type { ContainerHints, HintedContainer } from "../../lib/hints/container_hints.ts";
import { HintReader, type HintReaderOptions } from "../../lib/hints/hint_reader.ts";

/** A pod of two containers, app and db, as a test changes it. */
export interface HintedPod extends HintReaderOptions {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Default app. */
  readonly container?: string;
}

/** Reads the hints of one container of pod shop/web-1. */
export function readHints({ annotations = {}, labels = {}, container = "app", ...options }: HintedPod): ContainerHints {
  return new HintReader(options).read(hinted({ annotations, labels, container }));
}

/** Makes the pod's side of a container. */
export function hinted({ annotations, labels, container }: {
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly container: string;
}): HintedContainer {
  const pod = { labels, annotations, containers: [{ name: "app" }, { name: "db" }] };
  return { podUid: "uid-1", namespace: "shop", podName: "web-1", containerName: container, pod };
}

/** Gives the texts of problems. */
export function problemTexts({ problems }: ContainerHints): string[] {
  return problems.map(({ kind, text }) => `${kind}: ${text}`);
}
