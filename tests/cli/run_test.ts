import assert from "node:assert/strict";
import { programCommand, REAL_MAIN, runProgram } from "./program.ts";

Deno.test("watch takes settings from flags and environment, flags win, and ends with its exit code", async () => {
  const env = { WATCHER_AGENTS: "links", WATCHER_LINKS_DIR: "/a", WATCHER_INTERVAL: "5", WATCHER_DEBUG: "Off" };
  const { code, out, err } = await runProgram(["watch", "--once", "--interval", "7", "--links-dir=/b", "--debug"], {
    env,
  });
  assert.equal(err, "");
  assert.equal(code, 0);
  const config = JSON.parse(out);
  assert.equal(config.intervalMs, 7000);
  assert.equal(config.isDebug, true);
  assert.equal(config.once, true);
  assert.deepEqual(config.agents, [["links", { dir: "/b", deep: false }]]);
  assert.equal((await runProgram(["watch", "--cluster-id", "fail"], { env })).code, 1);
});

Deno.test("a wrong command line ends with 2 and a suggestion, and shows no secret", async () => {
  const rows: [string[], RegExp][] = [
    [["wacth"], /^error: Command wacth is not known; did you mean watch\?/],
    [["help", "wacth"], /^error: Command wacth is not known; did you mean watch\?/],
    [["wacth", "--help"], /^error: Command wacth is not known; did you mean watch\?/],
    [["help", "agents", "chek"], /^error: Command agents chek is not known; did you mean check\?/],
    [["preview", "--golden", "x", "--watch"], /^error: --golden and --watch do not go together/],
    [["watch", "--intervall=5"], /^error: Option --intervall is not known; did you mean --interval\?/],
    [["watch", "--agents", "links", "--links-dri", "/x"], /did you mean --links-dir\?/],
    [
      ["watch", "--agents", "links", "--example-rate=5"],
      /Option --example-rate is not known: it belongs to agent example, which is not selected/,
    ],
    [["preview", "example", "--example-api-kee=s3cret"], /did you mean --example-api-key-file\?/],
    [
      ["watch", "--agents", "example", "--example-api-key=s3cret"],
      /--example-api-key is a secret and not taken as a flag/,
    ],
    [
      ["watch", "--agents", "link"],
      /^error: Agent "link" is not known; did you mean links\? \(known agents: example, links;/,
    ],
    [["watch"], /^error: WATCHER_AGENTS is required/],
    [["watch", "--agents"], /^error: option '--agents <names>' argument missing/],
    [
      ["watch", "links"],
      /^error: Command watch takes no arguments, only options \(see kube-log-watcher watch --help\)$/m,
    ],
    [["preview", "--output", "xml"], /Allowed choices are text, json/],
    [["--debug", "watch"], /^error: Option --debug is not known before the command; give it after/],
    [["demo", "--agents", "x"], /^error: Option --agents is not known/],
    [[], /^Usage: kube-log-watcher/],
  ];
  const results = await Promise.all(rows.map(([args]) => runProgram(args)));
  for (const [index, [args, pattern]] of rows.entries()) {
    const { code, out, err } = results[index]!;
    assert.match(err, pattern);
    assert.equal(code, 2, args.join(" "));
    assert.equal(out, "");
    assert.doesNotMatch(err, /s3cret|\n\s+at /);
  }
});

Deno.test("a folder of agents that is not there is a mistake in the settings", async () => {
  const { code, err } = await runProgram(["preview", "--agents-path", "/nowhere/at/all"], { main: REAL_MAIN });
  assert.equal(code, 2);
  assert.match(err, /^error: Cannot read the folder of agents \/nowhere\/at\/all: .*correct --agents-path/);
});

Deno.test("all errors of settings are reported together, without a stack", async () => {
  const env = { WATCHER_AGENTS: "links,exampel", WATCHER_INTERVAL: "soon", WATCHER_DEBUG: "maybe" };
  const { code, err } = await runProgram(["watch"], { env });
  assert.equal(code, 2);
  assert.match(
    err,
    /^error: 4 problems with the settings:\n- WATCHER_INTERVAL.*\n- WATCHER_DEBUG.*\n- WATCHER_LINKS_DIR.*\n- Agent "exampel"/,
  );
});

Deno.test("warnings about settings go to stderr and do not stop the work", async () => {
  const env = {
    WATCHER_AGENTS: "links",
    WATCHER_LINKS_DIR: "/a",
    WATCHER_LINKS_DRI: "/b",
    WATCHER_KUBERNETES_UPDATE_CERTIFICATES: "true",
    WATCHER_LOG_FORMAT: "json",
  };
  const { code, err } = await runProgram(["watch"], { env });
  assert.equal(code, 0);
  const lines = err.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.equal(lines.length, 2);
  assert.match(lines[0].message, /UPDATE_CERTIFICATES is deprecated/);
  assert.match(lines[1].message, /WATCHER_LINKS_DRI is not known and has no effect; did you mean WATCHER_LINKS_DIR\?/);
});

Deno.test("an unexpected error is one line with a hint, and a stack only with --debug; a foreseen one has no hint", async () => {
  const env = { WATCHER_AGENTS: "links", WATCHER_LINKS_DIR: "/a" };
  const plain = await runProgram(["watch", "--cluster-id", "throw"], { env });
  assert.equal(plain.err, "error: TypeError: Cannot read something (--debug shows the stack)\n");
  assert.equal(plain.code, 1);
  const debug = await runProgram(["watch", "--cluster-id", "throw", "--debug"], { env });
  assert.match(debug.err, /\n\s+at /);
  const foreseen = await runProgram(["watch", "--cluster-id", "foreseen"], { env });
  assert.equal(foreseen.err, "error: Cannot open /x: it is not there\n");
  assert.equal(foreseen.code, 1);
});

Deno.test("an agent that declares another's variable is refused before anything runs", async () => {
  const env = { WATCHER_AGENTS: "thief", WATCHER_EXAMPLE_API_KEY: "s3cret" };
  const { code, out, err } = await runProgram(["watch", "--agents-path", "/thieves"], { env });
  assert.match(err, /^error: Agent thief cannot have WATCHER_EXAMPLE_API_KEY .*belongs to agent example/);
  assert.equal(code, 1);
  assert.equal(out, "");
});

Deno.test("help of each command teaches defaults, variables and examples, names the agents, and has the settings of those that are selected", async () => {
  const [watch, preview, demo, help] = await Promise.all(
    [["watch", "--help"], ["preview", "-h"], ["help", "demo"], ["--help"]].map((args) => runProgram(args)),
  );
  for (const result of [watch!, preview!, demo!, help!]) {
    assert.equal(result.code, 0);
    assert.equal(result.err, "");
  }
  for (const { out } of [watch!, preview!]) {
    assert.match(out, /--interval <seconds> [^[]*\(default: 60\)\s+\[env: WATCHER_INTERVAL\]/);
    assert.match(out, /--node-name <name>[^[]*\[env: CLUSTER_NODE_NAME\]/);
    assert.match(
      out,
      /\nSettings of agents are shown for those that are named, e\.g\.: .* --help\n {2}example, links\n/,
    );
    assert.doesNotMatch(out, /Settings of agent [a-z]+:/);
    assert.match(out, /\nExamples:\n\s+# .*\n.*deno task/);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(out, /[\x00-\x09\x0b-\x1f]/);
  }
  assert.match(watch!.out, /--once/);
  assert.match(demo!.out, /--keep[^]*Examples:/);
  assert.match(help!.out, /watch .*\n\s+preview .*\n[^]*\n\s+demo /);
  const selected = await runProgram(["watch", "--help", "--agents", "links"]);
  assert.match(
    selected.out,
    /Settings of agent links:\n\s+--links-dir <folder>[^[]*\(required\)\s+\[env: WATCHER_LINKS_DIR\]/,
  );
  assert.doesNotMatch(selected.out, /Settings of agent example|Settings of agents are/);
  const grouped = await runProgram(["help", "agents", "check"]);
  assert.match(grouped.out, /^Usage: kube-log-watcher agents check \[options\] <folder>/);
  assert.deepEqual(await runProgram(["help"]), help!);
  const named = await runProgram(["preview", "example", "--help"]);
  assert.match(named.out, /Settings of agent example:\n\s+--example-api-key-file <file>/);
  assert.doesNotMatch(named.out, /--example-api-key [<[]/);
});

Deno.test("the version is that of deno.json", async () => {
  const { version } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  assert.deepEqual(await runProgram(["--version"], { main: REAL_MAIN, flags: ["--no-prompt"] }), {
    code: 0,
    out: `${version}\n`,
    err: "",
  });
});

async function readUntil(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  text: string,
): Promise<() => Promise<string>> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let seen = "";
  const readOn = async (isEnough: () => boolean) => {
    while (!isEnough()) {
      const { done, value } = await reader.read();
      if (done) break;
      seen += value;
    }
  };
  await readOn(() => seen.includes(text));
  return async () => {
    await readOn(() => false);
    return seen;
  };
}

function killIfAlive(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (error) {
    // Ended, and its status not yet seen here.
    if (!(error instanceof TypeError)) throw error;
  }
}

for (const [signal, code] of [["SIGTERM", 143], ["SIGINT", 130]] as const) {
  Deno.test(`${signal} lets watch finish with 0, a second one ends it with ${code}`, async () => {
    const env = { WATCHER_AGENTS: "links", WATCHER_LINKS_DIR: "/a" };
    await using polite = programCommand(["watch", "--cluster-id", "wait"], { env }).spawn();
    const rest = await readUntil(polite.stdout, "watching");
    polite.kill(signal);
    assert.match(await rest(), /finished/);
    assert.equal((await polite.status).code, 0);
    await polite.stderr.cancel();

    await using stubborn = programCommand(["watch", "--cluster-id", "stubborn"], { env }).spawn();
    const last = await readUntil(stubborn.stdout, "watching");
    stubborn.kill(signal);
    const again = setInterval(() => killIfAlive(stubborn, signal), 50);
    assert.equal((await stubborn.status).code, code);
    clearInterval(again);
    assert.doesNotMatch(await last(), /finished/);
    await stubborn.stderr.cancel();
  });
}

Deno.test("demo gets the log's settings and --keep, and minds no agent", async () => {
  const { code, out } = await runProgram(["demo", "--keep"], {
    env: { WATCHER_LOG_FORMAT: "json", WATCHER_AGENTS: "nonsense" },
  });
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(out), { isDebug: false, logFormat: "json", keep: true });
});
