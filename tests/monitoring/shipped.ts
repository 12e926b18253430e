/**
 * The alerts and the dashboard that come with the project.
 *
 * @module
 */
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "../docs/hold_to.ts";

/** Path of the alerts. */
export const ALERTS = join(ROOT, "templates/monitoring/alerts.yaml");
/** Path of the dashboard. */
export const DASHBOARD = join(ROOT, "templates/monitoring/dashboard.json");

/** An alert, as Prometheus reads it. */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string; readonly runbook: string };
}

/** Reads the alerts. */
export function readAlerts(): readonly Alert[] {
  const { groups } = parse(Deno.readTextFileSync(ALERTS)) as { groups: { rules: Alert[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

/** A panel of the dashboard that shows something. */
export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string; readonly legendFormat: string }[];
}

/** Reads the dashboard. */
export function readDashboard() {
  return JSON.parse(Deno.readTextFileSync(DASHBOARD)) as {
    readonly title: string;
    readonly uid: string;
    readonly panels: readonly Panel[];
    readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
  };
}

/** Lists all expressions of the dashboard with where they stand, variables of Grafana filled in. */
export function dashboardExpressions(): { readonly place: string; readonly expr: string }[] {
  return readDashboard().panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({
      place: title,
      expr: expr.replaceAll("$__rate_interval", "5m").replaceAll(/\$(instance|agent)\b/g, ".*"),
    }))
  );
}
