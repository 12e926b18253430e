/**
 * Carries out a Dockerfile's steps without an image registry: each stage is a folder, the base images are this machine's own
 * files, RUN happens in a chroot, and the result is started in a chroot that is read-only.
 *
 * @module
 */
import { basename, join } from "node:path";
import { execForm, type Instruction, parseDockerfile, type Stage } from "./parse_dockerfile.ts";

/** What a step printed and how it ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of {@linkcode Image.start}. */
export interface StartOptions {
  /** Arguments in place of CMD. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Folders to mount: path outside, path inside, whether it is read-only. */
  readonly mounts?: readonly { readonly from: string; readonly to: string; readonly isReadOnly: boolean }[];
  /** What is started instead of ENTRYPOINT. */
  readonly entryPoint?: readonly string[];
  /** Number of the user and group, default that of the image, root. */
  readonly user?: number;
  /** Milliseconds until it is ended, default 60,000. */
  readonly timeoutMs?: number;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** Folders of the machine that stand for Debian while a stage is built. */
const DEBIAN = ["usr", "bin", "sbin", "lib", "lib64", "etc"];

/** Says why stages cannot be laid out here; undefined if they can. */
export async function whyNoChroot(): Promise<string | undefined> {
  if (Deno.uid() !== 0) return "it needs root, for chroot and mounts";
  const { success } = await new Deno.Command("unshare", { args: ["--mount", "--pid", "--fork", "true"] }).output();
  return success ? undefined : "this machine does not let root make a mount namespace";
}

/** A Dockerfile's last stage, laid out. */
export class Image {
  readonly root: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #workingFolder: string;
  readonly #entryPoint: readonly string[];
  /** The command of HEALTHCHECK. */
  readonly healthCheck: readonly string[];

  private constructor(root: string, { env, workingFolder, instructions }: Built) {
    this.root = root;
    this.#env = env;
    this.#workingFolder = workingFolder;
    this.#entryPoint = execForm(instructions.findLast(({ name }) => name === "ENTRYPOINT")?.text ?? "[]");
    this.healthCheck = healthCommand(instructions);
  }

  /**
   * Carries out all stages.
   * @param context Folder of the project.
   * @param into Empty folder that the stages are laid out in.
   */
  static async build(context: string, into: string): Promise<Image> {
    const stages = parseDockerfile(await Deno.readTextFile(join(context, "Dockerfile")));
    const roots = new Map<string, string>();
    let built: Built | undefined;
    for (const [index, stage] of stages.entries()) {
      const root = join(into, stage.alias ?? String(index));
      await layBase(stage.image, root);
      built = await carryOut(stage, { root, context, roots });
      roots.set(stage.alias ?? String(index), root);
    }
    return new Image([...roots.values()].at(-1)!, built!);
  }

  /** Starts ENTRYPOINT: read-only root, empty writable /tmp, nothing of this machine's environment. */
  async start({ args, env = {}, mounts = [], ...options }: StartOptions): Promise<Ended> {
    const { entryPoint = this.#entryPoint, user = 0, timeoutMs = 60_000, signal } = options;
    for (const { to } of mounts) await Deno.mkdir(join(this.root, to), { recursive: true });
    const bind = mounts.map(({ from, to, isReadOnly }) =>
      `mount --bind '${from}' "$R${to}"\n` + (isReadOnly ? `mount -o remount,ro,bind "$R${to}"\n` : "")
    );
    const script = `mount --bind "$R" "$R"; mount -o remount,ro,bind "$R"\n` + // before the others, which stay as they are
      `mount -t tmpfs tmpfs "$R/tmp"; mount -t proc proc "$R/proc"\n` +
      ["null", "urandom"].map((name) => `mount --bind /dev/${name} "$R/dev/${name}"\n`).join("") + bind.join("") +
      `exec env -i ${assignments({ ...this.#env, ...env })} ` +
      `/usr/bin/unshare --root="$R" --wd=${this.#workingFolder} --setgid=${user} --setuid=${user} -- "$@"`;
    return await inNamespace(script, {
      root: this.root,
      args: [...entryPoint, ...args],
      timeoutMs,
      ...(signal ? { signal } : {}),
    });
  }
}

/** Reads the command of HEALTHCHECK, after its options. */
export function healthCommand(instructions: readonly Instruction[]): readonly string[] {
  const text = instructions.findLast(({ name }) => name === "HEALTHCHECK")?.text ?? "CMD []";
  return execForm(/(?<=\bCMD )\[.*$/.exec(text)![0]);
}

interface Built {
  readonly env: Record<string, string>;
  readonly workingFolder: string;
  readonly instructions: readonly Instruction[];
}

interface Surroundings {
  readonly root: string;
  readonly context: string;
  /** Folders of the stages before, by alias. */
  readonly roots: ReadonlyMap<string, string>;
}

/** Makes what stands for the base image. */
async function layBase(image: string, root: string): Promise<void> {
  for (const name of ["tmp", "proc", "dev", "root"]) await Deno.mkdir(join(root, name), { recursive: true });
  for (const name of ["null", "urandom"]) await Deno.writeTextFile(join(root, "dev", name), "");
  if (image.startsWith("denoland/deno:bin-")) return await Deno.copyFile(Deno.execPath(), join(root, "deno"));
  if (image.startsWith("debian:")) return await layDebian(root);
  if (image.startsWith("gcr.io/distroless/cc-debian")) return await layLibraries(root);
  throw new Error(`Nothing on this machine stands for the image ${image}; add it here`);
}

/** Leaves places for the machine's own folders; links among them stay links. */
async function layDebian(root: string): Promise<void> {
  for (const name of DEBIAN) {
    const { isSymlink } = await Deno.lstat(`/${name}`);
    if (isSymlink) await Deno.symlink(await Deno.readLink(`/${name}`), join(root, name));
    else await Deno.mkdir(join(root, name));
  }
  const npmrc = join(Deno.env.get("HOME") ?? "/root", ".npmrc");
  await Deno.copyFile(npmrc, join(root, "root/.npmrc")).catch(() => {}); // how this machine reaches a registry, if it is special
}

/** Copies the libraries that Deno is linked to, and the loader: neither a shell nor any other program. */
async function layLibraries(root: string): Promise<void> {
  const { stdout } = await new Deno.Command("ldd", { args: [Deno.execPath()] }).output();
  for (const [path] of new TextDecoder().decode(stdout).matchAll(/\/\S+(?= \()/g)) {
    await Deno.mkdir(join(root, path, ".."), { recursive: true });
    await Deno.copyFile(path, join(root, path));
  }
}

async function carryOut(stage: Stage, at: Surroundings): Promise<Built> {
  const env: Record<string, string> = {};
  let workingFolder = "/";
  for (const { name, text } of stage.instructions) {
    if (name === "ENV") Object.assign(env, variables(text));
    else if (name === "WORKDIR") await Deno.mkdir(join(at.root, workingFolder = text), { recursive: true });
    else if (name === "COPY") await copy(text, { ...at, workingFolder });
    else if (name === "RUN") await run(text, { root: at.root, env, workingFolder });
    else if (!["ARG", "LABEL", "USER", "HEALTHCHECK", "ENTRYPOINT", "CMD"].includes(name)) {
      throw new Error(`Unknown step ${name}`);
    }
  }
  return { env, workingFolder, instructions: stage.instructions };
}

/** Reads `NAME=value NAME="a value"`. */
function variables(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/(\w+)=(?:"([^"]*)"|(\S+))/g)].map(([, name, quoted, plain]) => [name!, quoted ?? plain!]),
  );
}

/** Copies as COPY does: the contents of folders, files under their names where the target is a folder. */
async function copy(text: string, at: Surroundings & { workingFolder: string }): Promise<void> {
  const words = text.split(/\s+/);
  const stage = words[0]!.startsWith("--from=") ? words.shift()!.slice("--from=".length) : undefined;
  const target = words.pop()!;
  const origin = stage === undefined ? at.context : at.roots.get(stage);
  if (origin === undefined) throw new Error(`COPY ${text} names a stage that is not there`);
  const into = join(at.root, target.startsWith("/") ? target : join(at.workingFolder, target));
  for (const word of words) {
    const from = join(origin, word);
    const isFolder = (await Deno.stat(from)).isDirectory;
    const to = !isFolder && target.endsWith("/") ? join(into, basename(word)) : into;
    await Deno.mkdir(isFolder ? to : join(to, ".."), { recursive: true });
    const args = isFolder ? ["-a", `${from}/.`, to] : ["-a", from, to];
    const { success, stderr } = await new Deno.Command("cp", { args }).output();
    if (!success) throw new Error(`COPY ${text}: ${new TextDecoder().decode(stderr)}`);
  }
}

/** @throws {Error} If the step fails. */
async function run(command: string, { root, env, workingFolder }: { root: string } & Omit<Built, "instructions">) {
  const script = DEBIAN.map((name) => `[ -L "$R/${name}" ] || mount --bind /${name} "$R/${name}"\n`).join("") +
    `mount -t proc proc "$R/proc"; mount --rbind /dev "$R/dev"\n` +
    `exec env HOME=/root ${assignments(env)} /usr/bin/unshare --root="$R" --wd=${workingFolder} -- "$@"`;
  const ended = await inNamespace(script, { root, args: ["/bin/sh", "-c", command], timeoutMs: 180_000 });
  if (ended.code !== 0) throw new Error(`RUN ${command} ended with ${ended.code}:\n${ended.stderr}`);
}

interface InNamespace {
  /** $R of the script. */
  readonly root: string;
  /** "$@" of the script. */
  readonly args: readonly string[];
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Runs a script in mount and process namespaces of its own, which vanish with it. */
async function inNamespace(script: string, { root, args, timeoutMs, signal }: InNamespace): Promise<Ended> {
  const late = AbortSignal.timeout(timeoutMs);
  const child = new Deno.Command("unshare", {
    args: ["--mount", "--pid", "--fork", "--kill-child", "/bin/bash", "-euc", script, "bash", ...args],
    env: { R: root },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // While it waits, unshare takes no notice of other signals.
  const end = () => child.kill("SIGKILL");
  const ends = signal ? AbortSignal.any([signal, late]) : late;
  ends.addEventListener("abort", end);
  try {
    const { code, stdout, stderr } = await child.output();
    return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
  } finally {
    ends.removeEventListener("abort", end);
  }
}

function assignments(env: Readonly<Record<string, string>>): string {
  return Object.entries(env).map(([name, value]) => `'${name}=${value.replaceAll("'", `'\\''`)}'`).join(" ");
}
