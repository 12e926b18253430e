/**
 * All commands of the program: another one is added by declaring it and naming it here.
 *
 * @module
 */
import { agentsCheckCommand } from "./agents_check_command.ts";
import { agentsListCommand } from "./agents_list_command.ts";
import { agentsNewCommand } from "./agents_new_command.ts";
import { auditCommand } from "./audit_command.ts";
import type { CommandDefinition } from "./command_definition.ts";
import { completionCommand } from "./completion_command.ts";
import { configCheckCommand } from "./config_check_command.ts";
import { configSchemaCommand } from "./config_schema_command.ts";
import { configShowCommand } from "./config_show_command.ts";
import { demoCommand } from "./demo_command.ts";
import { explainCommand } from "./explain_command.ts";
import { healthCommand } from "./health_command.ts";
import { manCommand } from "./man_command.ts";
import { manifestCommand } from "./manifest_command.ts";
import { previewCommand } from "./preview_command.ts";
import { snapshotCommand } from "./snapshot_command.ts";
import { statusCommand } from "./status_command.ts";
import { watchCommand } from "./watch_command.ts";

/** What the groups of commands are about, by their name. */
export const COMMAND_GROUPS: Readonly<Record<string, string>> = {
  config: "Check a configuration file, show what is in force, print its schema",
  agents: "List, make and check agents: the folders that configure a shipper",
};

/** Commands in the order of the help. */
export const COMMANDS: readonly CommandDefinition[] = [
  watchCommand,
  previewCommand,
  statusCommand,
  explainCommand,
  auditCommand,
  healthCommand,
  snapshotCommand,
  demoCommand,
  agentsListCommand,
  agentsNewCommand,
  agentsCheckCommand,
  configCheckCommand,
  configShowCommand,
  configSchemaCommand,
  manifestCommand,
  completionCommand,
  manCommand,
];
