import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withShipper } from "../obtain.ts";
import { BuiltImage, IMAGE_PARTS } from "./buildah.ts";

const PROJECT = fileURLToPath(new URL("../../../", import.meta.url));
const REVISION = "0123456789abcdef0123456789abcdef01234567";
/** A user that distroless calls nonroot. */
const NOBODY = 65532;
/** Bytes of all layers, not compressed: Deno's binary and glibc are 120 million of them. */
const MAX_SIZE = 190_000_000;

withShipper(IMAGE_PARTS, (_, test) => {
  test("a release of base images that are not pinned is refused by the build", async () => {
    await assert.rejects(
      BuiltImage.build(PROJECT, REVISION, ["RELEASE=true"]),
      /RELEASE needs images that are pinned by digest, name@sha256:\.\.\., and localhost\/deno is not/,
    );
  });

  test("the Dockerfile builds an image with its labels, its health check, few layers and no shell, which starts on a read-only root as any user", async (t) => {
    await using image = await BuiltImage.build(PROJECT, REVISION);
    const { config } = image.inspected.Docker;
    const { version } = JSON.parse(await Deno.readTextFile(join(PROJECT, "deno.json")));

    await t.step("what it says of itself", () => {
      assert.equal(config.Labels["org.opencontainers.image.version"], version);
      assert.equal(config.Labels["org.opencontainers.image.revision"], REVISION);
      assert.equal(config.Labels["org.opencontainers.image.title"], "kube-log-watcher");
      assert.equal(config.Labels["org.opencontainers.image.base.name"], "localhost/cc");
      assert.deepEqual(config.Healthcheck.Test.slice(0, 3), ["CMD", "/opt/deno/deno", "run"]);
      assert.equal(config.Healthcheck.Test.at(-1), "health");
      assert.deepEqual([config.User, config.WorkingDir, config.Cmd], ["0:0", "/app", ["--help"]]);
      assert.ok(!config.Env.some((variable) => /^(DENO_CERT|HOME)=/.test(variable)), "nothing of the build stage");
    });

    await t.step("its layers: the runtime image, Deno, what is compiled, the program", () => {
      const { layers } = JSON.parse(image.inspected.Manifest) as { layers: { size: number }[] };
      const sizes = layers.map(({ size }) => size);
      assert.equal(sizes.length, 4, `${sizes}`);
      const sum = sizes.reduce((a, b) => a + b, 0);
      assert.ok(sum < MAX_SIZE, `${sum} bytes in layers of ${sizes.join(", ")}`);
    });

    await t.step("it holds no shell and nothing that is for compilers, debuggers and tests", async () => {
      for (const path of ["bin/sh", "usr/bin/sh", "bin/dash", "app/tests", "deno-dir/npm", "root/.npmrc"]) {
        await assert.rejects(Deno.lstat(join(image.root, path)), Deno.errors.NotFound, path);
      }
      assert.deepEqual(await filesLike(join(image.root, "app/node_modules"), /\.(d\.[cm]?ts|map|md)$/), []);
      const { code } = await image.run({ command: ["/bin/sh", "-c", "true"], user: 0 });
      assert.notEqual(code, 0);
    });

    await t.step("Deno takes the packages as they are, and looks for none at a start", async () => {
      const { nodeModulesDir } = JSON.parse(await Deno.readTextFile(join(image.root, "app/deno.json")));
      assert.equal(nodeModulesDir, "manual");
    });

    await t.step("it tells its version, and its help how it is called in the container", async () => {
      const told = await image.run({ args: ["--version"], user: NOBODY });
      assert.deepEqual([told.code, told.stdout, told.stderr], [0, `${version}\n`, ""]);
      const { stdout } = await image.run({ user: NOBODY });
      assert.match(stdout, /e\.g\.: \/opt\/deno\/deno task --cwd \/app --quiet start watch --help$/m);
    });

    await t.step("preview, manifest and health work for a user who is not root", async () => {
      const preview = await image.run({ args: ["preview", "scalyr"], user: NOBODY });
      assert.equal(preview.code, 0, preview.stderr);
      assert.match(preview.stdout, /"implicit_metric_monitor": false/);
      const manifest = await image.run({ args: ["manifest", "--agents", "vector"], user: NOBODY });
      assert.match(manifest.stdout, /^kind: DaemonSet$/m, manifest.stderr);
      const health = await image.run({
        command: config.Healthcheck.Test.slice(1),
        user: NOBODY,
        env: { WATCHER_METRICS_PORT: "1" },
      });
      assert.equal(health.code, 1);
      assert.match(health.stdout, /^No watcher answers at /);
    });

    await t.step(
      "watch --once writes for root without capabilities, and for another user where files are its own",
      async () => {
        for (const user of [0, NOBODY]) {
          const { logs, outputs, env, mounts } = await node(user);
          try {
            const { code, stderr } = await image.run({ args: ["watch", "--once"], user, env, mounts });
            assert.equal(code, 0, stderr);
            const [link, ...others] = await filesLike(join(outputs, "links"), /\.log$/);
            assert.deepEqual(others, []);
            assert.equal(await Deno.readLink(link!), `/var/log/pods/${LOG}`);
            // By the words that the documents and the help have for it.
            const start = ["/opt/deno/deno", "task", "--cwd", "/app", "--quiet", "start"];
            const status = await image.run({ command: [...start, "status"], user, env, mounts });
            assert.match(status.stdout, /^Containers {2}1 collected/m, status.stderr);
          } finally {
            for (const folder of [logs, outputs]) await Deno.remove(folder, { recursive: true });
          }
        }
      },
    );
  });
});

const LOG = "shop_web-1_0b1c2d3e-0000-4000-8000-000000000001/app/0.log";

/** Makes the folders of a node with one log, for a user. */
async function node(user: number) {
  const [logs, outputs] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
  await Deno.mkdir(join(logs, LOG, ".."), { recursive: true });
  await Deno.writeTextFile(join(logs, LOG), "2026-01-02T03:04:05.678901234Z stdout F hello\n", { mode: 0o640 });
  await Deno.mkdir(join(outputs, "links"));
  await Deno.mkdir(join(outputs, "state"));
  for (const folder of [logs, outputs]) await new Deno.Command("chown", { args: ["-R", `${user}`, folder] }).output();
  return {
    logs,
    outputs,
    env: { WATCHER_AGENTS: "symlinker", WATCHER_SYMLINK_DIR: "/out/links", WATCHER_STATE_PATH: "/out/state" },
    mounts: [
      { from: logs, to: "/var/log/pods", isReadOnly: true },
      { from: outputs, to: "/out", isReadOnly: false },
    ],
  };
}

/** Lists files below a folder whose paths are like a pattern. */
async function filesLike(folder: string, pattern: RegExp): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(...await filesLike(path, pattern));
    else if (pattern.test(name)) found.push(path);
  }
  return found;
}
