/**
 * The environment, read as far as Deno's permissions go.
 *
 * @module
 */

/** Variables by name. */
export type Environment = Readonly<Record<string, string>>;

/**
 * Reads the environment: all of it, or, where only some variables may be read, those among `names`. Never prompts, never throws for
 * want of permission.
 */
export async function readEnvironment(names: Iterable<string>): Promise<Environment> {
  if ((await Deno.permissions.query({ name: "env" })).state === "granted") return Deno.env.toObject();
  const variables: Record<string, string> = {};
  for (const variable of names) {
    if ((await Deno.permissions.query({ name: "env", variable })).state !== "granted") continue;
    const value = Deno.env.get(variable);
    if (value !== undefined) variables[variable] = value;
  }
  return variables;
}
