/**
 * Hides secrets in text that was not made by us just now.
 *
 * @module
 */
import type { AgentConfig } from "../config/config.ts";

/** Options of {@linkcode hideSecrets}. */
export interface HideSecretsOptions {
  readonly agent: Pick<AgentConfig, "secrets" | "settings" | "samples">;
  /** Stands for secrets. */
  readonly mask: string;
  /** Rendered texts with the mask in the place of secrets: they tell under which keys secrets stand. */
  readonly texts: readonly string[];
}

/**
 * Replaces the secrets in force, in plain form and as JSON writes them; and, since a file may hold an older secret, the value of every key that has the mask for its
 * value in the rendered texts. Such an older one is told from the one in force, where that is known.
 */
export function hideSecrets(text: string, { agent, mask, texts }: HideSecretsOptions): string {
  const inForce = secretsInForce(agent);
  let hidden = text;
  for (const secret of inForce) {
    hidden = hidden.replaceAll(secret, mask).replaceAll(JSON.stringify(secret).slice(1, -1), mask);
  }
  const other = inForce.length > 0 ? `${mask} (another value)` : mask;
  for (const key of maskedKeys(texts, mask)) {
    const value = String.raw`"(?:[^"\\]|\\.)*"|'[^']*'|[^\s,}\]]+`;
    hidden = hidden.replaceAll(
      new RegExp(`(["']?${RegExp.escape(key)}["']?\\s*[:=]\\s*)(${value})`, "g"),
      (whole, start: string, value: string) => value.includes(mask) ? whole : `${start}"${other}"`,
    );
  }
  return hidden;
}

/** Lists the values of secrets that are set; a sample that stands for one is no secret. */
function secretsInForce({ secrets, settings, samples }: HideSecretsOptions["agent"]): readonly string[] {
  return secrets.filter((name) => samples.every(({ setting }) => setting !== name))
    .map((name) => settings[name])
    .filter((value) => typeof value === "string" && value !== "") as string[];
}

function maskedKeys(texts: readonly string[], mask: string): Set<string> {
  const pattern = new RegExp(`["']?([\\w.-]+)["']?\\s*[:=]\\s*["']?${RegExp.escape(mask)}`, "g");
  return new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1]!)));
}
