/**
 * Where a reload goes: what the agent says of it, with the operator's settings filled in.
 *
 * @module
 */
import type { HttpReload, ReloadConfirmation, ShipperReload, SignalReload } from "../render/agent.ts";
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
  };

/** Fills in the operator's settings; undefined where one that is needed is not set: then there is nothing to reload. */
export function reloadTarget(
  reload: ShipperReload | undefined,
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
  return "signal" in rest
    ? { ...rest, ...common, kind: "signal", pidFile: fill(rest.pidFile), processes: rest.processes.map(fill) }
    : { ...rest, ...common, kind: "http", url: fill(rest.url) };
}
