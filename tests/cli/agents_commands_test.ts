import assert from "node:assert/strict";
import { join } from "node:path";
import { programCommand, REAL_MAIN, runProgram } from "./program.ts";

const real = (args: readonly string[]) => runProgram(args, { main: REAL_MAIN });

/** Makes an agent in a temporary folder, which goes at the end. */
async function withAgent(test: (place: string) => Promise<void>): Promise<void> {
  const place = await Deno.makeTempDir();
  try {
    const { code, err } = await real(["agents", "new", "acme-tail", "--in", place]);
    assert.equal(code, 0, err);
    await test(place);
  } finally {
    await Deno.remove(place, { recursive: true });
  }
}

Deno.test("agents list shows built-in agents and those of a folder, with the variables that each needs", () =>
  withAgent(async (place) => {
    const text = await real(["agents", "list", "--agents-path", place]);
    assert.equal(text.code, 0, text.err);
    assert.match(text.out, /^symlinker +Symlinker: .*\n +needs WATCHER_SYMLINK_DIR$/m);
    assert.match(text.out, /^acme-tail +acme-tail: .*\n +from \S+acme-tail\n +needs WATCHER_ACME_TAIL_DEST_PATH$/m);
    const json = await real(["agents", "list", "--agents-path", place, "--output", "json"]);
    const { agents } = JSON.parse(json.out);
    const own = agents.find(({ name }: { name: string }) => name === "acme-tail");
    assert.deepEqual(own.required, ["WATCHER_ACME_TAIL_DEST_PATH"]);
    assert.equal(own.isBuiltIn, false);
    assert.deepEqual(
      own.settings.map((
        { variable, flag, type, required }: Record<string, unknown>,
      ) => [variable, flag, type, required]),
      [
        ["WATCHER_ACME_TAIL_DEST_PATH", "--acme-tail-dest-path", "directory", true],
      ],
    );
    assert.match(
      text.out,
      /^ +needs WATCHER_SCALYR_API_KEY or WATCHER_SCALYR_API_KEY_FILE, WATCHER_SCALYR_DEST_PATH if WATCHER_SCALYR_FRAGMENT is not set$/m,
    );
  }));

Deno.test("agents list names an agent that cannot be described, lists the others and fails", () =>
  withAgent(async (place) => {
    await Deno.writeTextFile(join(place, "acme-tail/context.ts"), "export default {");
    const { code, out, err } = await real(["agents", "list", "--agents-path", place]);
    assert.equal(code, 1);
    assert.match(err, /^error: .*acme-tail/m);
    assert.match(out, /^symlinker /m);
  }));

Deno.test("agents new makes a folder that renders at once, passes the check, and satisfies the types beside it", () =>
  withAgent(async (place) => {
    const preview = await real(["preview", "acme-tail", "--agents-path", place]);
    assert.equal(preview.code, 0, preview.err);
    assert.match(preview.out, /^# Agent acme-tail: 8 files$/m);
    const check = await real(["agents", "check", join(place, "acme-tail")]);
    assert.equal(check.code, 0, check.err);
    assert.deepEqual(check.out.match(/^\w+/gm), ["ok", "ok", "ok", "ok"], check.out);
    const types = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--no-config", join(place, "acme-tail/context.ts")],
      stderr: "piped",
    }).output();
    assert.ok(types.success, new TextDecoder().decode(types.stderr));
  }));

Deno.test("agents new overwrites nothing, and refuses a name that no agent can have", () =>
  withAgent(async (place) => {
    const again = await real(["agents", "new", "acme-tail", "--in", place]);
    assert.equal(again.code, 2);
    assert.match(again.err, /Cannot make \S+acme-tail: it is there already; choose another name, or another folder/);
    for (const name of ["Acme", "../x", "a b"]) {
      const { code, err } = await real(["agents", "new", name, "--in", place]);
      assert.equal(code, 2);
      assert.match(err, /a name has lower-case letters, digits and -/);
    }
  }));

Deno.test("agents check tells what is wrong: the contract, a container that fails, an order that shows, values that break out", () =>
  withAgent(async (place) => {
    const folder = join(place, "acme-tail");
    const file = join(folder, "context.ts");
    const good = await Deno.readTextFile(file);
    const check = async (change: (text: string) => string) => {
      await Deno.writeTextFile(file, change(good));
      const { code, out } = await real(["agents", "check", folder, "--output", "json"]);
      assert.equal(code, JSON.parse(out).isGood ? 0 : 1);
      return JSON.parse(out) as { isGood: boolean; findings: { check: string; result: string; text: string }[] };
    };
    const broken = await check((text) => text.replace('each: "container"', 'each: "pod"'));
    assert.deepEqual(broken.findings.map(({ check, result }) => `${check} ${result}`), ["contract failed"]);
    assert.match(broken.findings[0]!.text, /has each "pod"/);
    const failing = await check((text) =>
      text.replace("envelope: target.log.format", 'envelope: target.container.name === "cart" ? undefined : 1')
    );
    assert.ok(
      failing.findings.some(({ check, result, text }) =>
        check === "sample" && result === "failed" && /cart.*missing/.test(text)
      ),
    );
    await Deno.writeTextFile(join(folder, "input.yaml.eta"), "- path: <%= it.path %>\n  n: <%= it.n %>\n");
    const ordered = await check((text) =>
      text.replace("export default", "let count = 0;\nexport default").replace(
        "id: target.id,",
        "id: target.id, n: count++,",
      )
    );
    assert.ok(ordered.findings.some(({ check, result }) => check === "order" && result === "failed"));
  }));

Deno.test("agents check says a mistake that all containers meet once, with template and line, and names what a contract lacks", () =>
  withAgent(async (place) => {
    const folder = join(place, "acme-tail");
    const template = join(folder, "input.yaml.eta");
    const good = await Deno.readTextFile(template);
    await Deno.writeTextFile(template, good.replace("it.path", "it.paht"));
    const missing = await real(["agents", "check", folder]);
    assert.equal(missing.code, 1);
    const [line, ...others] = missing.out.match(/^.*paht.*$/gm)!;
    assert.deepEqual(others, []);
    assert.match(
      line!,
      /^failed {2}sample: \S+, \S+, \S+ and 5 more: input\.yaml\.eta:3: Value undefined cannot be written/,
    );
    await Deno.writeTextFile(join(folder, "context.ts"), "export default { summary: 'x', settings: {}, outputs: {} };");
    const lacking = await real(["agents", "check", folder]);
    assert.match(lacking.out, /^failed {2}contract: .*The agent has no function context\(target, scope\)/);
  }));

Deno.test("preview --watch renders at each save and prints what changes; a mistake is said, and what was good stays the measure", () =>
  withAgent(async (place) => {
    const template = join(place, "acme-tail/input.yaml.eta");
    const good = await Deno.readTextFile(template);
    const args = ["preview", "acme-tail", "--agents-path", place, "--watch"];
    const child = programCommand(args, { main: REAL_MAIN }).spawn();
    let text = "";
    const reading = [child.stdout, child.stderr].map(async (stream) => {
      for await (const part of stream.pipeThrough(new TextDecoderStream())) text += part;
    });
    const until = async (pattern: RegExp) => {
      for (let looks = 0; !pattern.test(text); looks++) {
        assert.ok(looks < 600, `Not seen: ${pattern}\n${text}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    // The note comes before the folder is watched; a save in between is made again.
    await until(/Waiting for saves in/);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await Deno.writeTextFile(template, good.replace("type: file", "type: tail"));
    await until(/^-- type: file\n\+- type: tail$/m);
    await Deno.writeTextFile(template, good + "<%= it.nothing %>");
    await until(/refused shop\/.*it is missing/);
    text = "";
    await Deno.writeTextFile(template, good);
    await until(/^-- type: tail\n\+- type: file$/m);
    child.kill("SIGINT");
    assert.equal((await child.status).code, 0);
    await Promise.all(reading);
  }));
