/**
 * Refusals in the words of a real API server (recorded: v1.20.2, tests/fixtures/pods/apiserver-1.20.2).
 *
 * @module
 */

const RECORDED = new URL("../fixtures/pods/apiserver-1.20.2/", import.meta.url);

/** Makes an answer of kind Status. */
export function refusal(
  status: number,
  { headers = {}, body }: { headers?: Readonly<Record<string, string>>; body?: string } = {},
): Response {
  const json = { "content-type": "application/json", ...headers };
  return new Response(body ?? bodyOf(status), { status, headers: json });
}

/** Makes the refusal of an event by RBAC. */
export function forbiddenEvent(namespace: string): Response {
  const body = recorded("403.json").replaceAll("pods", "events").replace("list", "create")
    .replace("at the cluster scope", `in the namespace \\"${namespace}\\"`);
  return refusal(403, { body });
}

/** Returns the ERROR event of a watch whose version is compacted. */
export function gone(): object {
  return JSON.parse(recorded("watch-oldrv.txt").split("\n")[0]!);
}

function bodyOf(status: number): string | null {
  if (status >= 300 && status < 400) return null;
  // The recordings end with the status code in a line of its own.
  if (status === 401) return recorded("401.json").replace(/\}\s*\d+\s*$/, "}");
  if (status === 403) return recorded("403.json");
  if (status === 410) return recorded("list-continue-expired.txt").replace(/HTTP \d+\s*$/, "");
  const message = `the server answered ${status} on purpose`;
  return JSON.stringify({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, code: status });
}

function recorded(name: string): string {
  return Deno.readTextFileSync(new URL(name, RECORDED));
}
