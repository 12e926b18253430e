/**
 * Promises about the files that the program keeps for itself and that anyone may have changed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import * as fc from "fast-check";
import { memoryFromText } from "../../lib/join/join_memory_file.ts";
import { createLog } from "../../lib/observe/log.ts";
import { ShapeError } from "../../lib/pods/json_shape.ts";
import { parseStoredPods } from "../../lib/pods/stored_pods.ts";
import { realDisk } from "../../lib/write/disk.ts";
import { Ledger } from "../../lib/write/ledger.ts";
import { assertCleanPrototype } from "./cluster_properties.ts";
import { hostileJson, hostileJsonText, hostileMap, hostileText } from "./hostile_text.ts";
import { type Property, property } from "./property.ts";

const ROOTS = new Map([["/klw-fuzz/a", "/klw-fuzz/a"], ["/klw-fuzz/a/b", "/elsewhere"]]);

const path = fc.oneof(
  { weight: 4, arbitrary: hostileText.map((text) => `/klw-fuzz/a/${text}`) },
  { weight: 1, arbitrary: hostileText.map((text) => `/klw-fuzz/${text}`) },
  { weight: 1, arbitrary: hostileText },
  {
    weight: 1,
    arbitrary: fc.constantFrom("/etc/passwd", "/", "/klw-fuzz/a", "/klw-fuzz/a/../../etc/x", "/klw-fuzz/ab"),
  },
);
const kind = fc.constantFrom("file", "link", "directory");
const head = fc.record({
  format: fc.constant("kube-log-watcher ledger"),
  version: fc.constant(1),
  agent: fc.constantFrom("test", "test", "test", "other"),
  roots: fc.oneof(
    { weight: 3, arbitrary: fc.constant<unknown>(Object.fromEntries(ROOTS)) },
    { weight: 1, arbitrary: fc.array(fc.tuple(path, path)).map((pairs) => Object.fromEntries(pairs)) },
    { weight: 1, arbitrary: hostileJson },
  ),
});
const line = fc.oneof(
  { weight: 8, arbitrary: fc.record({ own: fc.array(fc.tuple(kind, path), { maxLength: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ drop: fc.array(path, { maxLength: 2 }) }) },
  { weight: 1, arbitrary: hostileJson },
).map((value) => JSON.stringify(value));
const lines = fc.oneof({ weight: 12, arbitrary: line }, { weight: 1, arbitrary: hostileJsonText });
const bytes = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(head.map((value) => JSON.stringify(value)), fc.array(lines, { maxLength: 5 }), fc.boolean())
      .map(([first, rest, isWhole]) => [...Buffer.from([first, ...rest].join("\n") + (isWhole ? "\n" : ""))]),
  },
  { weight: 1, arbitrary: hostileJsonText.map((text) => [...Buffer.from(text)]) },
  { weight: 1, arbitrary: fc.array(fc.integer({ min: 0, max: 255 })) },
);

const readingLedgers: Property = property({
  name: "a ledger of any bytes is read or moved aside, and nothing outside of the roots is owned",
  subject: "ledger",
  arbitrary: bytes,
  async check(contents) {
    const folder = Deno.makeTempDirSync({ prefix: "klw-fuzz-" });
    try {
      const file = join(folder, "ledger");
      Deno.writeFileSync(file, new Uint8Array(contents));
      const log = createLog({ write: () => {} });
      const ledger = await Ledger.open({ path: file, agent: "test", roots: ROOTS, disk: realDisk, log });
      for (const owned of ledger.owned.keys()) {
        assert.ok(isPlain(owned) && [...ROOTS.keys()].some((root) => owned.startsWith(`${root}/`)), owned);
      }
      await ledger.restore();
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

/** Tells whether a path is absolute and means what it says. */
function isPlain(path: string): boolean {
  const [first, ...parts] = path.split("/");
  return first === "" && !path.includes("\0") && parts.every((part) => part !== "" && part !== "." && part !== "..");
}

const storedContainer = fc.record({
  key: fc.oneof(hostileText, hostileJson),
  layout: fc.constantFrom<unknown>("docker", "cri", "cri", "other", null),
  id: fc.oneof(fc.constant("a".repeat(64)), hostileJson),
  targetId: fc.oneof(fc.constant("a".repeat(64)), hostileJson),
  containerName: fc.oneof(fc.constant("web"), hostileJson),
  restart: fc.oneof(fc.nat(), hostileJson),
  podName: fc.oneof(fc.constant("web-1"), hostileJson),
  namespace: fc.oneof(fc.constant("shop"), hostileJson),
  podUid: fc.oneof(fc.constant("uid-1"), hostileJson),
  logPath: fc.oneof(fc.constant("/var/log/pods/a/b/0.log"), path.map((text) => text as unknown), hostileJson),
  logFormat: fc.constantFrom<unknown>("json-file", "cri", "cri", 1),
  image: fc.oneof(fc.constant(undefined), hostileJson),
}, { requiredKeys: ["key", "layout", "logFormat"] });
const memory = fc.tuple(
  fc.array(fc.tuple(storedContainer, hostileMap(hostileJson, 1))),
  fc.constantFrom<unknown>(1, 1, 1, 2, "1"),
)
  .map(([containers, version]) =>
    JSON.stringify({ version, containers: containers.map(([known, strange]) => ({ ...strange, ...known })) })
  );

const readingMemory: Property = property({
  name: "a file of what was followed, of any text, gives whole containers only",
  subject: "memory",
  arbitrary: fc.oneof({ weight: 5, arbitrary: memory }, { weight: 1, arbitrary: hostileJsonText }),
  check(text) {
    for (const [key, { container, id }] of memoryFromText(text, 0)) {
      assert.equal(key, container.key);
      assert.match(id ?? "", /^[0-9a-f]{64}$/);
      const { image, id: own, restart, logPath, ...texts } = container;
      for (const one of [image, own]) assert.ok(one === undefined || typeof one === "string");
      assert.ok(Number.isSafeInteger(restart) && restart >= 0);
      assert.ok(isPlain(logPath), logPath);
      for (const one of Object.values(texts)) assert.ok(typeof one === "string" && one !== "");
      assert.deepEqual(Object.keys(container).sort(), CONTAINER_KEYS);
    }
    assertCleanPrototype();
  },
});

const CONTAINER_KEYS = [
  "containerName",
  "id",
  "image",
  "key",
  "layout",
  "logFormat",
  "logPath",
  "namespace",
  "podName",
  "podUid",
  "restart",
];

const storedPod = fc.record({
  uid: fc.oneof(hostileText, hostileJson),
  name: hostileText,
  namespace: hostileText,
  labels: fc.oneof(hostileMap(hostileText), hostileJson),
  annotations: hostileMap(fc.oneof({ weight: 9, arbitrary: hostileText }, hostileJson)),
  containers: fc.array(
    fc.record({ name: hostileText, kind: fc.constantFrom("init", "x"), image: hostileText, ids: hostileJson }),
  ),
  configHash: hostileJson,
});

const readingPods: Property = property({
  name: "a file of pods of any text is pods, or of the wrong shape, or no JSON",
  subject: "stored-pods",
  arbitrary: fc.oneof(
    fc.array(storedPod, { maxLength: 3 }).map((pods) =>
      JSON.stringify({ format: "kube-log-watcher/pods", version: 1, pods })
    ),
    hostileJsonText,
  ),
  check(text) {
    try {
      for (const pod of parseStoredPods(text)) assert.equal(Object.getPrototypeOf(pod.labels), null);
    } catch (error) {
      if (!(error instanceof ShapeError || error instanceof SyntaxError)) throw error;
    }
    assertCleanPrototype();
  },
});

/** Promises about lib/write's ledger and the files of lib/join and lib/pods. */
export const STATE_PROPERTIES: readonly Property[] = [readingLedgers, readingMemory, readingPods];
