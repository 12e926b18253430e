/**
 * Builds the Dockerfile for real, by buildah, and starts what came of it, by runc. There is no registry here: the images that it is built on are laid out
 * from Debian's packages, the runtime image from those that distroless' cc image is made of.
 *
 * @module
 */
import { join } from "node:path";
import { DEBIAN_LIBRARIES, obtainDebianPackages, type Obtained } from "../obtain.ts";
import { type CommandResult, runCommand, tryCommand } from "../run_command.ts";

/** Milliseconds of the whole build on a slow machine. */
const BUILD_MS = 600_000;
/** Certificates of this machine, by which it reaches a registry. */
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

/**
 * Starts what follows its two folders of libraries with both in one place, for itself and its children alone. buildah starts itself again for each RUN, with
 * an environment that has no LD_LIBRARY_PATH any more. Where overlays cannot be mounted it goes on without: the machine may have the libraries.
 */
const WITH_LIBRARIES = [
  ...["unshare", "--mount", "--propagation", "private", "sh", "-c"],
  'mount -t overlay overlay -o "lowerdir=$1:$2" "$1" || echo "no overlay over $1" >&2; shift 2; exec "$@"',
  "sh",
];

const TOOLS = ["buildah", "runc", "libgpgme11", "libassuan0", "libdevmapper1.02.1", "libsubid4", "libseccomp2"];
const SLIM = [
  "base-files",
  "dash",
  "coreutils",
  "sed",
  "grep",
  "findutils",
  "libc6",
  "libgcc-s1",
  "libacl1",
  "libattr1",
];
const SLIM_LIBRARIES = ["libselinux1", "libpcre2-8-0", "libgmp10"];
const DISTROLESS = ["base-files", "netbase", "tzdata", "ca-certificates", "libc6", "libgcc-s1", "libgomp1", "libssl3"];

/** buildah and runc, unpacked. */
export const TOOLS_FOLDER = await obtainForRoot("debian-bookworm-buildah", TOOLS);
const SLIM_FOLDER = await obtainForRoot("debian-bookworm-slim-2", [...SLIM, ...SLIM_LIBRARIES]);
const DISTROLESS_FOLDER = await obtainForRoot("debian-bookworm-cc", [...DISTROLESS, "libstdc++6"]);

async function obtainForRoot(key: string, packages: readonly string[]): Promise<Obtained> {
  if (Deno.uid() !== 0) return { missing: "an image can be built by root alone here" };
  return await obtainDebianPackages(key, packages);
}

/** All that a build needs, or why it is not there. */
export const IMAGE_PARTS: Obtained = [SLIM_FOLDER, DISTROLESS_FOLDER].find((one) => "missing" in one) ?? TOOLS_FOLDER;

/** What `buildah inspect` says of an image, as far as it is looked at. */
export interface Inspected {
  readonly Docker: {
    readonly config: {
      readonly User: string;
      readonly Env: readonly string[];
      readonly Cmd: readonly string[];
      readonly Entrypoint: readonly string[];
      readonly WorkingDir: string;
      readonly Labels: Readonly<Record<string, string>>;
      readonly Healthcheck: { readonly Test: readonly string[] };
    };
  };
  /** JSON text. */
  readonly Manifest: string;
}

/** A folder that is mounted into a container. */
export interface BindMount {
  readonly from: string;
  readonly to: string;
  readonly isReadOnly: boolean;
}

/** Options of {@linkcode BuiltImage.run}. */
export interface RunOptions {
  /** The whole command; default ENTRYPOINT with `args`. */
  readonly command?: readonly string[];
  /** Instead of CMD. */
  readonly args?: readonly string[];
  readonly user: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly mounts?: readonly BindMount[];
}

/** Where images lie, and what builds and starts them. */
export class BuiltImage implements AsyncDisposable {
  readonly #folder: string;
  /** The image's files, laid out. */
  readonly root: string;
  readonly inspected: Inspected;
  readonly #buildah: Buildah;

  private constructor(folder: string, root: string, inspected: Inspected, buildah: Buildah) {
    this.#folder = folder;
    this.root = root;
    this.inspected = inspected;
    this.#buildah = buildah;
  }

  /**
   * Builds the Dockerfile of a project.
   *
   * @param project Its folder.
   * @param revision Argument of the build.
   * @param more Further arguments, `NAME=value`.
   */
  static async build(project: string, revision: string, more: readonly string[] = []): Promise<BuiltImage> {
    const folder = await Deno.makeTempDir({ prefix: "klw-image-" });
    const buildah = await Buildah.open(folder);
    try {
      await layBases(folder, buildah);
      const images = { DENO_IMAGE: "deno", BUILD_IMAGE: "slim", RUNTIME_IMAGE: "cc" };
      await buildah.run([
        ...["build", "--isolation", "chroot", "--pull-never", "--layers", "--format", "docker"],
        ...Object.entries(images).flatMap(([name, image]) => ["--build-arg", `${name}=localhost/${image}`]),
        ...more.flatMap((argument) => ["--build-arg", argument]),
        ...["--build-arg", `REVISION=${revision}`, "--tag", "localhost/kube-log-watcher", project],
      ]);
      const inspected = JSON.parse(await buildah.run(["inspect", "--type", "image", "localhost/kube-log-watcher"]));
      const container = (await buildah.run(["from", "--pull-never", "localhost/kube-log-watcher"])).trim();
      const root = (await buildah.run(["mount", container])).trim();
      return new BuiltImage(folder, root, inspected, buildah);
    } catch (error) {
      await buildah.removeAll();
      throw error;
    }
  }

  /** Starts a container as a careful cluster does: read-only root, no capability, no new privilege, an empty /tmp. */
  async run({ command, args, user, env = {}, mounts = [] }: RunOptions): Promise<CommandResult> {
    const { config } = this.inspected.Docker;
    const bundle = await Deno.makeTempDir({ dir: this.#folder, prefix: "bundle-" });
    const spec = {
      ociVersion: "1.0.2",
      root: { path: this.root, readonly: true },
      process: {
        args: command ?? [...config.Entrypoint, ...args ?? config.Cmd],
        cwd: config.WorkingDir,
        env: [...config.Env, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)],
        user: { uid: user, gid: user },
        noNewPrivileges: true,
      },
      mounts: [
        { destination: "/proc", type: "proc", source: "proc" },
        { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "mode=755", "size=65536k"] },
        { destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["nosuid", "nodev", "mode=1777"] },
        ...mounts.map(({ from, to, isReadOnly }) => ({
          destination: to,
          type: "bind",
          source: from,
          options: ["bind", isReadOnly ? "ro" : "rw"],
        })),
      ],
      linux: { namespaces: ["pid", "ipc", "uts", "mount"].map((type) => ({ type })) },
    };
    await Deno.writeTextFile(join(bundle, "config.json"), JSON.stringify(spec));
    const name = `klw-${crypto.randomUUID()}`;
    return await this.#buildah.runc(["run", "--bundle", bundle, name]);
  }

  /** Removes all that was made. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#buildah.removeAll();
  }
}

/** buildah and runc with a place of their own. */
class Buildah {
  readonly #folder: string;
  readonly #tools: string;

  /** How images are laid out: overlay is fast, vfs works everywhere. */
  #driver = "overlay";

  private constructor(folder: string) {
    this.#folder = folder;
    this.#tools = "folder" in TOOLS_FOLDER ? TOOLS_FOLDER.folder : "/nonexistent";
  }

  /** Makes it ready. @param folder Where images and containers lie. */
  static async open(folder: string): Promise<Buildah> {
    const buildah = new Buildah(folder);
    try {
      await buildah.run(["info"]);
    } catch {
      buildah.#driver = "vfs";
    }
    return buildah;
  }

  /** Runs a command of buildah that must succeed. @returns What it printed. */
  async run(args: readonly string[]): Promise<string> {
    const policy = join(this.#folder, "policy.json");
    await Deno.writeTextFile(policy, JSON.stringify({ default: [{ type: "insecureAcceptAnything" }] }));
    const places = ["--root", join(this.#folder, "images"), "--runroot", join(this.#folder, "run")];
    const [command, ...rest] = args;
    const own = ["build", "from", "commit"].includes(command!) ? ["--signature-policy", policy] : [];
    // Of all others the mounts have to outlast the command.
    const start = command === "build" ? [...WITH_LIBRARIES, `/usr/lib/${DEBIAN_LIBRARIES}`, this.#libraries] : [];
    const [program, ...before] = [...start, join(this.#tools, "usr/bin/buildah")];
    return await runCommand(
      [program!, ...before, ...places, "--storage-driver", this.#driver, command!, ...own, ...rest],
      { env: this.#env(), timeoutMs: BUILD_MS },
    );
  }

  /** Runs runc, whatever its exit code. */
  async runc(args: readonly string[]): Promise<CommandResult> {
    const program = join(this.#tools, "usr/sbin/runc");
    return await tryCommand([program, "--root", join(this.#folder, "runc"), ...args], {
      env: this.#env(),
      timeoutMs: 120_000,
    });
  }

  async removeAll(): Promise<void> {
    await this.run(["rm", "--all"]).catch(() => {});
    await Deno.remove(this.#folder, { recursive: true });
  }

  get #libraries(): string {
    return join(this.#tools, "usr/lib", DEBIAN_LIBRARIES);
  }

  #env(): Readonly<Record<string, string>> {
    return { LD_LIBRARY_PATH: this.#libraries, NO_COLOR: "1" };
  }
}

/** Makes the images that the Dockerfile names. */
async function layBases(folder: string, buildah: Buildah): Promise<void> {
  const deno = join(folder, "deno");
  await Deno.mkdir(deno);
  await Deno.copyFile(Deno.execPath(), join(deno, "deno"));
  await Deno.chmod(join(deno, "deno"), 0o755);
  await commitImage(buildah, { name: "deno", folders: [deno] });
  const special = join(folder, "special");
  await Deno.mkdir(join(special, "etc/ssl/certs"), { recursive: true });
  await Deno.copyFile(Deno.env.get("SSL_CERT_FILE") ?? CERTIFICATES, join(special, CERTIFICATES));
  const npmrc = join(Deno.env.get("HOME") ?? "/root", ".npmrc");
  await Deno.mkdir(join(special, "root"));
  await Deno.copyFile(npmrc, join(special, "root/.npmrc")).catch(() => {}); // how this machine reaches a registry, if it is special
  const env = ["PATH=/usr/bin:/bin", "HOME=/root", `DENO_CERT=${CERTIFICATES}`];
  await commitImage(buildah, { name: "slim", folders: [folderOf(SLIM_FOLDER), special], env });
  await commitImage(buildah, { name: "cc", folders: [folderOf(DISTROLESS_FOLDER)] });
}

function folderOf(obtained: Obtained): string {
  if ("missing" in obtained) throw new Error(obtained.missing);
  return obtained.folder;
}

async function commitImage(
  buildah: Buildah,
  { name, folders, env = [] }: {
    readonly name: string;
    readonly folders: readonly string[];
    readonly env?: readonly string[];
  },
): Promise<void> {
  const container = (await buildah.run(["from", "scratch"])).trim();
  for (const folder of folders) await buildah.run(["copy", "--quiet", container, folder, "/"]);
  for (const variable of env) await buildah.run(["config", "--env", variable, container]);
  await buildah.run(["commit", "--quiet", "--rm", container, `localhost/${name}`]);
}
