/**
 * Hides secrets in text that was not made by us just now.
 *
 * @module
 */
import type { AgentConfig } from "../config/config.ts";

/** Options of {@linkcode hideSecrets}. */
export interface HideSecretsOptions {
  readonly agent: Pick<AgentConfig, "secrets" | "settings">;
  readonly mask: string;
  /** Rendered texts with the mask in the place of secrets: they tell under which keys secrets stand. */
  readonly texts: readonly string[];
}

/**
 * Replaces the secrets in force, in plain form and as JSON writes them; and, since a file may hold an older secret, the value of every key that has the mask for its
 * value in the rendered texts.
 */
export function hideSecrets(text: string, { agent, mask, texts }: HideSecretsOptions): string {
  let hidden = text;
  for (const name of agent.secrets) {
    const secret = agent.settings[name];
    if (typeof secret !== "string" || secret === "") continue;
    hidden = hidden.replaceAll(secret, mask).replaceAll(JSON.stringify(secret).slice(1, -1), mask);
  }
  for (const key of maskedKeys(texts, mask)) {
    const value = String.raw`"(?:[^"\\]|\\.)*"|'[^']*'|[^\s,}\]]+`;
    hidden = hidden.replaceAll(
      new RegExp(`(["']?${RegExp.escape(key)}["']?\\s*[:=]\\s*)(?:${value})`, "g"),
      (_, start: string) => `${start}"${mask}"`,
    );
  }
  return hidden;
}

function maskedKeys(texts: readonly string[], mask: string): Set<string> {
  const pattern = new RegExp(`["']?([\\w.-]+)["']?\\s*[:=]\\s*["']?${RegExp.escape(mask)}`, "g");
  return new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1]!)));
}
