import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { MEMORY_FLAGS } from "../../lib/cli/memory_flags.ts";
import { permissionFlags } from "../../lib/cli/permissions.ts";
import { healthCommand, Image, whyNoChroot } from "./image.ts";
import { execForm, parseDockerfile } from "./parse_dockerfile.ts";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));
const STAGES = parseDockerfile(await Deno.readTextFile(`${PROJECT}Dockerfile`));
const LAST = STAGES.at(-1)!.instructions;
const ENTRY_POINT = execForm(LAST.find(({ name }) => name === "ENTRYPOINT")!.text);

Deno.test("the image runs with exactly the program's permissions, and with the flags that keep its memory small", () => {
  const own = ["run", "--cached-only", "--frozen", ...MEMORY_FLAGS];
  assert.deepEqual(ENTRY_POINT, [ENTRY_POINT[0], ...own, ...permissionFlags(ENTRY_POINT[0]!), "/app/main.ts"]);
});

Deno.test("the image has the version of Deno that the program is tested with", () => {
  assert.equal(STAGES[0]!.image, `denoland/deno:bin-${Deno.version.deno}`);
});

Deno.test("the image's label bears the program's version", async () => {
  const { version } = JSON.parse(await Deno.readTextFile(`${PROJECT}deno.json`));
  assert.match(LAST.find(({ name }) => name === "LABEL")!.text, new RegExp(`image\\.version="${version}"`));
});

Deno.test("the image has the labels by which registries show what it is and on what it is built", () => {
  const { text } = LAST.find(({ name }) => name === "LABEL")!;
  const labels = new Map(
    [...text.matchAll(/org\.opencontainers\.image\.([\w.]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
  );
  for (const key of ["title", "description", "licenses", "version", "revision"]) assert.ok(labels.get(key), key);
  assert.equal(labels.get("base.name"), "${RUNTIME_IMAGE}");
});

Deno.test("a release refuses base images that are not pinned by digest, and any other build takes them", async () => {
  const check = STAGES.find(({ alias }) => alias === "build")!.instructions.find(({ name }) => name === "RUN")!.text;
  const pinned = `registry.example/some-image@sha256:${"0123456789abcdef".repeat(4)}`;
  const attempt = async (env: Readonly<Record<string, string>>) => {
    const images = { DENO_IMAGE: pinned, BUILD_IMAGE: pinned, RUNTIME_IMAGE: pinned, ...env };
    const { code, stderr } = await new Deno.Command("sh", { args: ["-c", check], env: images }).output();
    return [code, new TextDecoder().decode(stderr)];
  };
  assert.deepEqual(await attempt({ RELEASE: "true" }), [0, ""]);
  assert.deepEqual(await attempt({ RELEASE: "false", DENO_IMAGE: "denoland/deno:bin" }), [0, ""]);
  for (const name of ["DENO_IMAGE", "BUILD_IMAGE", "RUNTIME_IMAGE"]) {
    for (const image of ["denoland/deno:bin", `${pinned}0`, "", `a@sha256:x ${pinned}`, `x@${pinned}`]) {
      const [code, text] = await attempt({ RELEASE: "true", [name]: image });
      assert.equal(code, 1, image);
      assert.match(String(text), /^RELEASE needs images that are pinned by digest/);
    }
  }
});

Deno.test("the image's health is asked by the program itself, with fewer permissions than the watcher has", () => {
  const command = healthCommand(LAST);
  assert.deepEqual([command[0], command.at(-2), command.at(-1)], [ENTRY_POINT[0], "/app/main.ts", "health"]);
  assert.deepEqual(command.slice(0, -2).filter((word) => !ENTRY_POINT.includes(word)), []);
  for (const flag of ["--allow-write", "--allow-run"]) assert.ok(!command.some((word) => word.startsWith(flag)), flag);
});

Deno.test("what the image takes from the project is what .dockerignore lets through", async () => {
  const ignore = await Deno.readTextFile(`${PROJECT}.dockerignore`);
  const rules = ignore.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const copied = STAGES.flatMap(({ instructions }) => instructions)
    .filter(({ name, text }) => name === "COPY" && !text.startsWith("--from="))
    .flatMap(({ text }) => text.split(/\s+/).slice(0, -1));
  assert.deepEqual(rules.toSorted(), ["*", ...copied.map((name) => `!${name}`)].toSorted());
});

const reason = await whyNoChroot();
if (reason !== undefined) console.log(`The steps of the Dockerfile are not carried out: ${reason}`);

Deno.test({
  name: "the image's steps can be carried out, and the result works on a read-only root without a shell",
  ignore: reason !== undefined,
  async fn(t) {
    const folder = await Deno.makeTempDir();
    try {
      const image = await Image.build(PROJECT, await subfolder(folder, "image"));

      await t.step(
        "it holds neither shell nor tests nor the cache of packages, nor packages that only tests need",
        async () => {
          for (const path of ["/bin", "/usr/bin", "/app/tests", "/app/.git", "/deno-dir/npm"]) {
            await assert.rejects(Deno.lstat(image.root + path), Deno.errors.NotFound, path);
          }
          const packages = [...Deno.readDirSync(`${image.root}/app/node_modules/.deno`)].map(({ name }) => name);
          assert.ok(packages.some((name) => name.startsWith("eta@")), `${packages}`);
          assert.deepEqual(
            packages.filter((name) => /^(axe-core|fast-check|playwright-core|pure-rand)@/.test(name)),
            [],
          );
        },
      );

      await t.step("its packages are those of deno.lock, byte for byte", async () => {
        const locked = JSON.parse(await Deno.readTextFile(`${PROJECT}deno.lock`)).npm;
        const own = JSON.parse(await Deno.readTextFile(`${image.root}/app/deno.lock`)).npm;
        for (const [name, entry] of Object.entries(own)) assert.deepEqual(entry, locked[name], name);
        assert.deepEqual(Object.keys(locked).filter((name) => !(name in own)).map((name) => name.split("@")[0]), [
          "axe-core",
          "fast-check",
          "playwright-core",
          "pure-rand",
        ]);
      });

      await t.step("--help", async () => {
        const { code, stdout, stderr } = await image.start({ args: ["--help"] });
        assert.equal(code, 0, stderr);
        assert.match(stdout, /watch/);
        assert.equal(stderr, "");
      });

      await t.step("preview", async () => {
        const { code, stdout, stderr } = await image.start({ args: ["preview", "scalyr"] });
        assert.equal(code, 0, stderr);
        assert.match(stdout, /"implicit_metric_monitor": false/);
      });

      await t.step("preview --serve, with all parts of the page", async () => {
        const [port, stop] = [freePort(), new AbortController()];
        const args = ["preview", "vector", "--serve", "--port", String(port)];
        // As root: what has changed its user is not ended with what started it.
        const running = image.start({ args, signal: stop.signal });
        const page = await answerOf(() => fetch(`http://127.0.0.1:${port}/page.js`).catch(() => undefined));
        assert.match(await page.text(), /^\/\/ @ts-check/);
        stop.abort();
        await running;
      });

      await t.step("any user may start what does not watch", async () => {
        const { code, stdout, stderr } = await image.start({ args: ["preview", "scalyr"], user: 65532 });
        assert.equal(code, 0, stderr);
        assert.match(stdout, /"implicit_metric_monitor": false/);
        const manifest = await image.start({ args: ["manifest", "--agents", "vector"], user: 65532 });
        assert.equal(manifest.code, 0, manifest.stderr);
        assert.match(manifest.stdout, /^kind: DaemonSet$/m);
      });

      await t.step("its health check tells whether the watcher answers", async () => {
        const { logs, links } = await nodeFolders(`${folder}/healthy`);
        const env = { WATCHER_METRICS_PORT: String(freePort()) };
        const check = () => image.start({ entryPoint: image.healthCheck, args: [], env, user: 65532 });
        const before = await check();
        assert.equal(before.code, 1, before.stderr);
        assert.match(before.stdout, /^No watcher answers at http:\/\/127\.0\.0\.1:\d+\/healthz/);
        const end = new AbortController();
        const watcher = image.start({
          args: ["watch", "--agents", "symlinker"],
          env: { ...env, WATCHER_SYMLINK_DIR: "/var/log/by-name" },
          mounts: [
            { from: logs, to: "/var/log/pods", isReadOnly: true },
            { from: links, to: "/var/log/by-name", isReadOnly: false },
          ],
          timeoutMs: 120_000,
          signal: end.signal,
        });
        try {
          const isOver = watcher.then(({ stderr }) => stderr);
          let answer = await check();
          for (const lateMs = Date.now() + 90_000; answer.code !== 0 && Date.now() < lateMs;) answer = await check();
          assert.equal(answer.code, 0, answer.code === 0 ? "" : `${answer.stdout}\n${(end.abort(), await isOver)}`);
          assert.equal(answer.stdout, "ok\n");
        } finally {
          end.abort();
          await watcher;
        }
      });

      await t.step("watch --once writes what it found", async () => {
        const { logs, links, logPath } = await nodeFolders(folder);
        const { code, stderr } = await image.start({
          args: ["watch", "--once", "--agents", "symlinker"],
          env: { WATCHER_SYMLINK_DIR: "/var/log/by-name" },
          mounts: [
            { from: logs, to: "/var/log/pods", isReadOnly: true },
            { from: links, to: "/var/log/by-name", isReadOnly: false },
          ],
        });
        assert.equal(code, 0, stderr);
        assert.equal(await onlyLink(links), `/var/log/pods/${logPath}`);
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** Finds a port that nobody listens at now. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function subfolder(folder: string, name: string): Promise<string> {
  await Deno.mkdir(`${folder}/${name}`, { recursive: true });
  return `${folder}/${name}`;
}

/** Makes a node's folder with one log, and an empty one for links. */
async function nodeFolders(folder: string) {
  const logPath = "shop_web-1_0b1c2d3e-0000-4000-8000-000000000001/app/0.log";
  const logs = await subfolder(folder, "pods");
  await Deno.mkdir(`${logs}/${logPath.replace("/0.log", "")}`, { recursive: true });
  await Deno.writeTextFile(`${logs}/${logPath}`, "2026-01-02T03:04:05.678901234Z stdout F hello\n", { mode: 0o640 });
  return { logs, links: await subfolder(folder, "links"), logPath };
}

/** Finds the one link below a folder. */
async function onlyLink(folder: string): Promise<string> {
  const found: string[] = [];
  const visit = async (path: string) => {
    for await (const entry of Deno.readDir(path)) {
      if (entry.isSymlink) found.push(await Deno.readLink(`${path}/${entry.name}`));
      else if (entry.isDirectory) await visit(`${path}/${entry.name}`);
    }
  };
  await visit(folder);
  assert.equal(found.length, 1);
  return found[0]!;
}

/** Asks until there is an answer, a minute at the most. */
async function answerOf(ask: () => Promise<Response | undefined>): Promise<Response> {
  for (const end = Date.now() + 60_000; Date.now() < end;) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("There was no answer");
}
