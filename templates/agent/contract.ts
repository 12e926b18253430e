/**
 * Stands for the types of the agent contract where this folder is a template; `agents new` writes them out whole in its place.
 *
 * @module
 */
export type * from "../../lib/render/agent.ts";
