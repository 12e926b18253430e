import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { lockedPackages } from "../../release/bundled_packages.ts";
import { packNpm } from "../../release/pack_npm.ts";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));
const decoder = new TextDecoder();

interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

async function run(program: string, args: readonly string[], { cwd, env = {} }: RunOptions) {
  const command = new Deno.Command(program, { args: [...args], cwd, env: { NO_COLOR: "1", ...env }, stdin: "null" });
  const { code, stdout, stderr } = await command.output();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

async function succeed(program: string, args: readonly string[], options: RunOptions): Promise<string> {
  const { code, out, err } = await run(program, args, options);
  assert.equal(code, 0, `${program} ${args.join(" ")}\n${out}\n${err}`);
  return out;
}

/** Holds the installed packages to deno.lock, each of them. */
async function checkVersions(folder: string): Promise<void> {
  const { npm } = JSON.parse(await Deno.readTextFile(join(PROJECT, "deno.lock")));
  const locked = new Set(Object.keys(npm).map((key) => key.replace(/(?<=.)_.*$/, "")));
  const installed: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    const inner = name.startsWith("@")
      ? [...Deno.readDirSync(join(folder, name))].map((one) => `${name}/${one.name}`)
      : [name];
    for (const one of inner.filter((one) => !one.startsWith("."))) {
      const { version } = JSON.parse(await Deno.readTextFile(join(folder, one, "package.json")));
      installed.push(`${one}@${version}`);
    }
  }
  assert.ok(installed.length > 20, `${installed}`);
  assert.deepEqual(installed.filter((one) => !locked.has(one)), []);
}

/** Lists the folders that npm installed. */
async function installed(folder: string): Promise<readonly string[]> {
  return (await Array.fromAsync(Deno.readDir(join(folder, "node_modules")))).map(({ name }) => name).sort();
}

function hasNpm(): boolean {
  try {
    return new Deno.Command("npm", { args: ["--version"], stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

const why = hasNpm() ? "" : " (left out: there is no npm on this machine)";

Deno.test({
  name: `the packed npm package brings all that it needs, runs from where npm installs it, and passes signals on${why}`,
  ignore: why !== "",
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      await packNpm(join(folder, "package"));
      const packed = await succeed("npm", ["pack", "--json"], { cwd: join(folder, "package") });
      const [{ filename, files }] = JSON.parse(packed);
      const paths = files.map(({ path }: { path: string }) => path);
      assert.match(
        await Deno.readTextFile(join(folder, "package/man/kube-log-watcher.1")),
        /^\.TH KUBE-LOG-WATCHER 1 /m,
      );
      assert.ok(paths.includes("man/kube-log-watcher.1"));
      assert.ok(!paths.some((path: string) => /^tests|fixtures|\.ci/.test(path)), "nothing but the program");
      await Deno.mkdir(join(folder, "user/logs"), { recursive: true });
      const user = { cwd: join(folder, "user"), env: { HOME: join(folder, "home") } };
      await succeed("npm", ["init", "-y"], { cwd: user.cwd });
      await succeed("npm", ["install", "--no-audit", "--no-fund", join(folder, "package", filename)], {
        cwd: user.cwd,
      });
      await checkVersions(join(user.cwd, "node_modules/kube-log-watcher/node_modules"));
      const bin = join(user.cwd, "node_modules/.bin/kube-log-watcher");
      const { version } = JSON.parse(await Deno.readTextFile(join(PROJECT, "deno.json")));
      assert.equal(await succeed(bin, ["--version"], user), `${version}\n`);
      assert.match(await succeed(bin, ["preview", "symlinker"], user), /^# Agent symlinker: 8 links$/m);
      assert.equal((await run(bin, ["wacth"], user)).code, 2, "the exit code is the program's");
      const underNpx = { ...user, env: { ...user.env, npm_lifecycle_event: "npx", npm_lifecycle_script: "'deno'" } };
      for (const how of [user, underNpx]) {
        assert.match(await succeed(bin, ["watch", "--help"], how), /^ {2}kube-log-watcher watch --once /m);
      }
      assert.match(
        await succeed("npx", ["kube-log-watcher", "watch", "--help"], user),
        /^ {2}npx kube-log-watcher watch --once /m,
      );
      const before = await installed(user.cwd);
      assert.match(
        await succeed(bin, ["demo"], user),
        /^The watcher was stopped after \d+ writes\. Next: kube-log-watcher preview/m,
      );
      assert.deepEqual(await installed(user.cwd), before, "what npm installed stays as it is");
      await servesPage(bin, user);
      const args = [
        "watch",
        "--agents",
        "symlinker",
        "--symlink-dir",
        join(user.cwd, "links"),
        "--pod-logs-path",
        join(user.cwd, "logs"),
      ];
      const child = new Deno.Command(bin, { args, ...user, stdin: "null", stdout: "null", stderr: "piped" }).spawn();
      let text = "";
      for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) {
        text += part;
        if (/Started/.test(text) && !/Stopped/.test(text)) child.kill("SIGTERM");
      }
      assert.equal((await child.status).code, 0, text);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("the packages that go into the npm package are those that deno.lock fixes, with all that they need; what it lacks or has twice is refused", () => {
  const lock = {
    "a@1.0.0": { dependencies: ["@s/b", "@types/a"] },
    "@s/b@2.0.0_c@3.0.0": { optionalDependencies: ["c@3.0.0"] },
    "c@3.0.0": {},
    "@types/a@1.0.0": {},
    "unused@1.0.0": {},
  };
  assert.deepEqual(Object.fromEntries(lockedPackages(["a"], lock)), { a: "1.0.0", "@s/b": "2.0.0", c: "3.0.0" });
  assert.throws(() => lockedPackages(["z"], lock), /deno\.lock has no z/);
  assert.throws(() => lockedPackages(["a"], { ...lock, "a@2.0.0": {} }), /two versions of a/);
});

/** Looks for the page that comes with the program, and for what only tests need. */
async function servesPage(bin: string, { cwd, env }: { readonly cwd: string; readonly env: Record<string, string> }) {
  const args = ["preview", "symlinker", "--serve", "--port", "0"];
  const child = new Deno.Command(bin, { args, cwd, env, stdin: "null", stdout: "piped", stderr: "null" }).spawn();
  let text = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    const url = /^The page is at (\S+)\n/.exec(text)?.[1];
    if (url === undefined) continue;
    const page = await (await fetch(url)).text();
    assert.match(page, /<title>Preview/);
    assert.equal((await fetch(new URL("/page.js", url)).then((part) => part.text())).slice(0, 12), "// @ts-check");
    child.kill("SIGTERM");
  }
  assert.equal((await child.status).code, 0, text);
  const { dependencies } = JSON.parse(
    await Deno.readTextFile(join(cwd, "node_modules/kube-log-watcher/package.json")),
  );
  assert.deepEqual(Object.keys(dependencies).filter((name) => /axe-core|fast-check|playwright/.test(name)), []);
}

Deno.test("deno install makes a command of it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { tasks } = JSON.parse(await Deno.readTextFile(join(PROJECT, "deno.json")));
    const flags = tasks.start.command.split(" ").filter((word: string) =>
      word.startsWith("--") && !word.includes("$(")
    );
    const install = [
      "install",
      "--global",
      "--root",
      folder,
      "--name",
      "kube-log-watcher",
      "--config",
      join(PROJECT, "deno.json"),
    ];
    const options = { cwd: PROJECT };
    await succeed(
      Deno.execPath(),
      [...install, ...flags, `--allow-run=${Deno.execPath()}`, join(PROJECT, "main.ts")],
      options,
    );
    const out = await succeed(join(folder, "bin/kube-log-watcher"), ["preview", "symlinker"], options);
    assert.match(out, /^# Agent symlinker: 8 links$/m);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
