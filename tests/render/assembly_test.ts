import assert from "node:assert/strict";
import fc from "fast-check";
import type { LogTarget } from "../../lib/join/log_target.ts";
import { Assembly } from "../../lib/render/assembly.ts";
import type { CheckedAnswer } from "../../lib/render/check_answer.ts";
import type { KnownTarget } from "../../lib/render/known_target.ts";
import type { Rendered } from "../../lib/render/rendered.ts";

const ROOT = "/out";
const NO_ANSWER: CheckedAnswer = { targets: new Map(), nodes: new Map() };

/** What becomes of a target: undefined is gone, otherwise the names of its files and links below the root. */
type Step = Readonly<Record<string, readonly string[] | "refused" | "warned" | undefined>>;

function targetOf(id: string): LogTarget {
  return { id, pod: { namespace: "shop", name: `pod-${id}` }, container: { name: "app" } } as LogTarget;
}

function knownOf(id: string, what: NonNullable<Step[string]>): KnownTarget {
  const target = targetOf(id);
  const names = typeof what === "string" ? [id] : what;
  const files = names.map((name, index): Rendered =>
    index % 2 === 0
      ? { kind: "file", path: `${ROOT}/${name}`, root: ROOT, contents: id, mode: 0o640 }
      : { kind: "link", path: `${ROOT}/${name}`, root: ROOT, target: `/var/log/${id}` }
  );
  return {
    wanted: target,
    used: what === "refused" ? undefined : target,
    files: what === "refused" ? [] : files,
    warnings: what === "warned" ? [{ targetId: id, subject: "annotation", expected: "a list" }] : [],
    unexpressed: [],
    refusal: what === "refused" ? { targetId: id, reason: `Agent test cannot render ${id}` } : undefined,
    isPoison: false,
  };
}

/** Names that are often free, sometimes the same, and sometimes below one another. */
const NAME = fc.oneof(
  fc.integer({ min: 0, max: 60 }).map((number) => `file-${number}`),
  fc.constantFrom("a", "a/b", "a/b/c", "a-b", "a.b", "b"),
);
const WHAT = fc.oneof(
  { weight: 6, arbitrary: fc.uniqueArray(NAME, { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom("refused" as const, "warned" as const, undefined) },
);
const STEP: fc.Arbitrary<Step> = fc.dictionary(fc.constantFrom(..."0123456789abcdef"), WHAT, { maxKeys: 4 });

Deno.test("a rendering that only takes in changes is the one that is put together anew, whoever takes whose path", () => {
  fc.assert(
    fc.property(fc.array(STEP, { minLength: 1, maxLength: 12 }), (steps) => {
      const assembly = new Assembly();
      const known = new Map<string, KnownTarget>();
      const wanted = new Map<string, LogTarget>();
      for (const step of steps) {
        const before = new Map(known);
        for (const [id, what] of Object.entries(step)) {
          if (what === undefined) known.delete(id);
          else known.set(id, knownOf(id, what));
          if (what === undefined) wanted.delete(id);
          else wanted.set(id, targetOf(id));
        }
        const options = { agent: "test", settings: {}, outputs: [], wanted, known };
        const touched = { ids: Object.keys(step), before: (id: string) => before.get(id) };
        const changed = assembly.take(NO_ANSWER, { ...options, touched });
        assert.deepEqual(changed, new Assembly().take(NO_ANSWER, { ...options, touched }));
      }
    }),
    { numRuns: 300 },
  );
});
