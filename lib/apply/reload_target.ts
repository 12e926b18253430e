/**
 * Where a reload goes: what the agent says of it, with the operator's settings filled in.
 *
 * @module
 */
import type { HttpReload, ReloadConfirmation, Settings, SignalReload } from "../render/agent.ts";
import type { AgentDescription } from "../render/agent_description.ts";
import { fillSettings, isFilled } from "./fill_settings.ts";

/** Time for one attempt where the agent says nothing, seconds. */
const DEFAULT_SECONDS = 10;

/** A reload with everything filled in. */
export type ReloadTarget =
  & (
    | ({ readonly kind: "http" } & Omit<HttpReload, "confirm" | "timeoutSeconds">)
    | ({ readonly kind: "signal" } & Omit<SignalReload, "confirm" | "timeoutSeconds">)
  )
  & {
    readonly timeoutMs: number;
    readonly confirm: ReloadConfirmation | undefined;
    /** Set when it must not be done: a sentence without a full stop. */
    readonly refusal?: string;
  };

/** Fills in the operator's settings; undefined where one that is needed is not set: then there is nothing to reload. */
export function reloadTarget(
  { reload, settings: declared }: Pick<AgentDescription, "reload" | "settings">,
  settings: Readonly<Record<string, unknown>>,
): ReloadTarget | undefined {
  if (!reload) return undefined;
  const { confirm, timeoutSeconds = DEFAULT_SECONDS, ...rest } = reload;
  const needed = "signal" in rest ? [rest.pidFile, ...rest.processes] : [rest.url];
  if (![...needed, ...(confirm ? [confirm.url] : [])].every((pattern) => isFilled(pattern, settings))) return undefined;
  const fill = (pattern: string) => fillSettings(pattern, settings);
  const common = {
    timeoutMs: timeoutSeconds * 1000,
    confirm: confirm && { url: fill(confirm.url), field: confirm.field },
  };
  if (!("signal" in rest)) return { ...rest, ...common, kind: "http", url: fill(rest.url) };
  const pidFile = fill(rest.pidFile);
  const refusal = refusalOf(pidFile, { declared, settings });
  return {
    ...rest,
    ...common,
    kind: "signal",
    pidFile,
    processes: rest.processes.map(fill),
    ...(refusal ? { refusal } : {}),
  };
}

/** An agent must not write the pid file by which its shipper is sent a signal. */
function refusalOf(
  pidFile: string,
  { declared, settings }: { declared: Settings; settings: Readonly<Record<string, unknown>> },
): string | undefined {
  const places = Object.entries(declared).flatMap(([name, { type }]) =>
    type === "directory" || type === "file" ? [settings[name]].filter((path) => typeof path === "string") : []
  );
  const own = places.find((place) =>
    [[pidFile, place], [realPath(pidFile), realPath(place)]].some(([file, path]) => `${file}/`.startsWith(`${path}/`))
  );
  return own && `Cannot use the pid file ${pidFile}: it lies where the agent writes, in ${own}; name one elsewhere`;
}

function realPath(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path;
  }
}
