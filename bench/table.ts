/**
 * Tables for people, in Markdown, so that they can be read on a terminal and put into a document.
 *
 * @module
 */

/** One column: its head and how a row is written in it. */
export type Column<Row> = readonly [head: string, cell: (row: Row) => string];

/** Writes a table; numbers are set to the right. */
export function table<Row>(title: string, { columns, rows }: {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
}): string {
  const cells = [columns.map(([head]) => head), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]!.length)));
  const isNumber = columns.map((_, index) => cells.slice(1).every((line) => /^[\d<–-]/.test(line[index]!)));
  const write = (line: readonly string[]) =>
    `| ${
      line.map((cell, index) => isNumber[index] ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!)).join(
        " | ",
      )
    } |`;
  const rule = `|${widths.map((width, index) => "-".repeat(width + 1) + (isNumber[index] ? ":" : "-")).join("|")}|`;
  const [head, ...body] = cells.map(write);
  return [`### ${title}`, "", head, rule, ...body, ""].join("\n");
}

/** Writes a number with three digits that mean something, thousands apart. */
export function number(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  const rounded = Number(value.toFixed(digits));
  return rounded.toLocaleString("en-US", { maximumFractionDigits: digits });
}

/** Writes bytes as megabytes. */
export function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
