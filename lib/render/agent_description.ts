/**
 * What the host knows of an agent after its folder described itself in the sandbox and the description was checked.
 *
 * @module
 */
import type { HintName, Output, OutputFormat, Settings, ShipperCheck, ShipperReload } from "./agent.ts";

/** The checked, plain-data part of an agent's default export. */
export interface AgentDescription {
  /** Name of the folder: lower-case letters, digits and `-`. */
  readonly name: string;
  /** Absolute path of the folder. */
  readonly folder: string;
  readonly summary: string;
  readonly settings: Settings;
  readonly outputs: Readonly<Record<string, Output>>;
  readonly minSecondsBetweenWrites: number;
  /** What files of the agent's own languages can be read back as, by name of the language. */
  readonly languages: Readonly<Record<string, OutputFormat>>;
  readonly expresses: readonly HintName[];
  /** With all defaults in place. */
  readonly check?: Required<Omit<ShipperCheck, "main">> & Pick<ShipperCheck, "main">;
  readonly reload?: ShipperReload;
}
