/**
 * THE permission set of the program, the one place that says which Deno permissions it runs with and why. Tasks, Dockerfile and README
 * are tested against it.
 *
 * @module
 */

/** One permission. */
export interface Permission {
  /** Flag of `deno run`; that of `run` is completed with Deno's own path. */
  readonly flag: "--allow-read" | "--allow-write" | "--allow-net" | "--allow-env" | "--allow-run";
  readonly name: "read" | "write" | "net" | "env" | "run";
  /** What it is for; follows "Missing --allow-...: ". */
  readonly why: string;
  /** What commands that can do without it do then. */
  readonly without?: string;
}

/** The permissions, each as narrow as Deno allows for the job. */
export const PERMISSIONS: readonly Permission[] = [
  {
    flag: "--allow-read",
    name: "read",
    // Not narrower: the places are the operator's settings, and Deno.symlink refuses to work with paths granted one by one.
    why: "to read container logs' folders, agents and secret files, wherever the settings say they are",
  },
  {
    flag: "--allow-write",
    name: "write",
    // Not narrower, for the same reasons.
    why:
      "to write the agents' files and links where the settings say, and a private copy of each agent for its sandbox",
  },
  {
    flag: "--allow-net",
    name: "net",
    // Not narrower: the address of the API is a setting, or comes from a kubeconfig.
    why: "to ask the Kubernetes API for the labels and annotations of pods, and to serve metrics and the preview page",
    without: "the API is not asked, and pods are known by the paths of their logs only",
  },
  {
    flag: "--allow-env",
    name: "env",
    // Not narrower: unknown WATCHER_* variables could not be named otherwise.
    why: "to read settings from the environment, and to name WATCHER_* variables that are mistyped",
    without: "the environment is not read, only flags and defaults count",
  },
  {
    flag: "--allow-run",
    name: "run",
    // Deno itself and nothing else.
    why: "to run Deno itself as the sandbox of each agent",
  },
];

/**
 * Lists the flags of `deno run` that the program needs.
 * @param execPath Path of Deno.
 */
export function permissionFlags(execPath: string): readonly string[] {
  return ["--no-prompt", ...PERMISSIONS.map((permission) => fullFlag(permission, execPath))];
}

/** A permission that is not there. */
export interface MissingPermission {
  readonly name: Permission["name"];
  /** Whether the command cannot go on. */
  readonly isFatal: boolean;
  /** Sentence that names the flag, what it is for, and what to do. */
  readonly sentence: string;
}

/** Options of {@linkcode missingPermissions}. */
export interface MissingPermissionOptions {
  /** Variables that must be readable where not the whole environment is. */
  readonly variables?: readonly string[];
  /** Host and port of the API, which suffices where not the whole network may be used. */
  readonly apiHost?: string | undefined;
}

/** What a command needs of permissions. */
export interface PermissionNeeds {
  /** Name of the command. */
  readonly name: string;
  /** Permissions without which it cannot do its work. */
  readonly needs: readonly Permission["name"][];
  /** Permissions without which it does less. */
  readonly uses: readonly Permission["name"][];
}

/** Finds what a command lacks, without ever prompting: a permission that Deno would ask for counts as missing. */
export async function missingPermissions(
  command: PermissionNeeds,
  options: MissingPermissionOptions = {},
): Promise<readonly MissingPermission[]> {
  const areGranted = await Promise.all(PERMISSIONS.map(({ name }) => isGranted(name, options)));
  const wanted = [...command.needs, ...command.uses];
  return PERMISSIONS.filter(({ name }, index) => !areGranted[index] && wanted.includes(name)).map((permission) => ({
    name: permission.name,
    isFatal: command.needs.includes(permission.name),
    sentence: describeMissing(permission, command),
  }));
}

async function isGranted(name: Permission["name"], options: MissingPermissionOptions): Promise<boolean> {
  const { variables = [], apiHost } = options;
  if (name === "run") return await has({ name, command: Deno.execPath() });
  if (await has({ name })) return true;
  if (name === "net") return apiHost !== undefined && await has({ name, host: apiHost });
  return name === "env" && variables.length > 0 && await everyGranted(variables);
}

async function everyGranted(variables: readonly string[]): Promise<boolean> {
  const states = await Promise.all(variables.map((variable) => has({ name: "env", variable })));
  return states.every((isThere) => isThere);
}

async function has(descriptor: Deno.PermissionDescriptor): Promise<boolean> {
  return (await Deno.permissions.query(descriptor)).state === "granted";
}

function describeMissing(permission: Permission, { name, needs }: PermissionNeeds): string {
  const consequence = needs.includes(permission.name)
    ? `${name} cannot work without it`
    : permission.without ?? `${name} goes on without it`;
  const flag = fullFlag(permission, Deno.execPath());
  return `Missing ${flag}: ${permission.why}; ${consequence}. Add it, or use: deno task start ${name}`;
}

function fullFlag({ flag, name }: Permission, execPath: string): string {
  return name === "run" ? `${flag}=${execPath}` : flag;
}
