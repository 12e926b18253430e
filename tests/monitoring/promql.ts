/**
 * Finds the metrics and labels that an expression of PromQL names. Enough of the grammar for what this project ships; promtool parses the rest.
 *
 * @module
 */

/** A metric with the labels that its selector names. */
export interface Selector {
  readonly metric: string;
  readonly labels: readonly string[];
}

const KEYWORDS = new Set(["and", "or", "unless", "bool", "offset", "atan2", "inf", "nan"]);
/** Keywords that are followed by a list of labels. */
const GROUPINGS = /\b(?:by|without|on|ignoring|group_left|group_right)\s*(?:\(([^)]*)\))?/g;

/** Lists the selectors of an expression, and the labels by which it groups. */
export function readExpression(expression: string): { selectors: Selector[]; groupedBy: string[] } {
  const groupedBy: string[] = [];
  const plain = expression.replaceAll(GROUPINGS, (_, names: string | undefined) => {
    groupedBy.push(...(names ?? "").split(",").map((name) => name.trim()).filter((name) => name !== ""));
    return " ";
  });
  const selectors: Selector[] = [];
  const pattern = /"(?:[^"\\]|\\.)*"|\[[^\]]*\]|([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(\(|\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?/g;
  for (const [, name, after = ""] of plain.matchAll(pattern)) {
    if (name === undefined || after === "(" || KEYWORDS.has(name.toLowerCase())) continue;
    const matchers = after.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
    selectors.push({
      metric: name,
      labels: [...matchers.matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)\s*(?:=~|!~|!=|=)/g)].map(([, label]) => label!),
    });
  }
  return { selectors, groupedBy };
}
