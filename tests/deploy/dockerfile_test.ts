import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { MEMORY_FLAGS } from "../../lib/cli/memory_flags.ts";
import { permissionFlags } from "../../lib/cli/permissions.ts";
import { Image, whyNoChroot } from "./image.ts";
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

      await t.step("it holds neither shell nor tests nor the cache of packages", async () => {
        for (const path of ["/bin", "/usr/bin", "/app/tests", "/app/.git", "/deno-dir/npm"]) {
          await assert.rejects(Deno.lstat(image.root + path), Deno.errors.NotFound, path);
        }
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
