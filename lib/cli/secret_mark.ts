/**
 * What stands for secrets while a preview is made.
 *
 * @module
 */
import type { AgentConfig } from "../config/config.ts";

/** What is shown in the place of a secret. */
const MASK = "***";

/**
 * A mark that is rendered in the place of secrets, and made `***` before anything is shown. It is a text that is nowhere else: a rule of
 * a pod that writes `***` itself must not pass for a secret.
 */
export class SecretMark {
  readonly text = `secret-${crypto.randomUUID()}`;

  /** Makes an agent's settings with the mark for every secret: what is rendered to be looked at never has them. */
  settingsOf({ settings, secrets }: AgentConfig): AgentConfig["settings"] {
    const set = secrets.filter((name) => settings[name] !== undefined);
    return { ...settings, ...Object.fromEntries(set.map((name) => [name, this.text])) };
  }

  /** Replaces the mark in every text of a value that JSON can carry. */
  reveal<T>(value: T): T {
    return JSON.parse(JSON.stringify(value).replaceAll(this.text, MASK)) as T;
  }
}
