/**
 * What is known of the built-in agents' outputs: which labels and annotations they look at, and what must come back, a file for each agent in
 * the folder expectations. An agent without one is tried all the same, with what holds for every agent.
 *
 * @module
 */
import type { LogTarget, NodeContext } from "../../lib/join/log_target.ts";
import type { KnownKeys } from "./scene.ts";

/** What an agent made of one target. */
export interface View {
  readonly target: LogTarget;
  readonly node: NodeContext;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Parsed file, or the element of the node's list that is the target's, by output name. */
  readonly values: ReadonlyMap<string, unknown>;
  /** Path by output name. */
  readonly paths: ReadonlyMap<string, string>;
}

/** What is expected of one agent. */
export interface Expectation {
  readonly known: KnownKeys;
  /** Settings with which the agent shows keys that it does not show otherwise. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Says that the documentation has the agent refuse everything with these settings. */
  refusesAll?(settings: Readonly<Record<string, unknown>>): boolean;
  /** Reads a file of one of the agent's own languages; throws if it is none. Without it they are read as what they are like. */
  parse?(text: string, language: string): unknown;
  /** Throws when something did not come back as documented. */
  check(view: View): void;
}

/** Holds for agents that are not in the table. */
export const UNKNOWN_AGENT: Expectation = { known: { labels: [], annotations: {} }, check: () => {} };

/** By name of the agent. */
export const EXPECTATIONS: Readonly<Record<string, Expectation>> = Object.fromEntries(
  await Promise.all(
    [...Deno.readDirSync(new URL("./expectations/", import.meta.url))].map(async ({ name }) => {
      const module: { default: Expectation } = await import(new URL(`./expectations/${name}`, import.meta.url).href);
      return [name.replace(/\.ts$/, ""), module.default] as const;
    }),
  ),
);
