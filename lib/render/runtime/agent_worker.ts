/**
 * The thread of the child process in which agent code runs: loads the agent's folder, then answers one request per line.
 *
 * Has no permission but to read that folder. What it needs of the platform is taken before agent code is loaded; what agent code
 * breaks nevertheless, it breaks for itself: the host believes nothing that comes from here.
 *
 * @module
 */
import type { Agent } from "../agent.ts";
import type { Answer, Request } from "../protocol.ts";
import { AgentSession } from "./agent_session.ts";
import { createEngine } from "./engine.ts";
import { errorText } from "./error_text.ts";
import { readLines } from "./read_lines.ts";

const { stdout, stderr } = Deno;
const encoder = new TextEncoder();

function writeAll(bytes: Uint8Array, to: { writeSync(bytes: Uint8Array): number }) {
  for (let done = 0; done < bytes.length;) done += to.writeSync(bytes.subarray(done));
}

/** Sends what agent code prints to stderr: stdout belongs to the protocol. */
function divertConsole() {
  const print = (...values: unknown[]) => writeAll(encoder.encode(values.map(String).join(" ") + "\n"), stderr);
  for (const name of ["log", "info", "debug", "warn", "error"] as const) console[name] = print;
}

async function load(folder: string): Promise<AgentSession> {
  const sources = new Map<string, string>();
  for (const entry of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (entry.isFile && entry.name.endsWith(".eta")) {
      sources.set(entry.name, Deno.readTextFileSync(`${folder}/${entry.name}`));
    }
  }
  const module = await import(`file://${encodeURI(folder)}/context.ts`);
  const agent: unknown = module.default;
  if (typeof agent !== "object" || agent === null) {
    throw new Error(
      "context.ts has no agent as its default export: an object with summary, settings, outputs and context(target, scope)",
    );
  }
  if (typeof (agent as Agent).context !== "function") {
    throw new Error("The agent has no function context(target, scope), which gives the data of one container");
  }
  return new AgentSession(agent as Agent, createEngine(sources, (agent as Agent).languages));
}

function answer(session: AgentSession, request: Request): Answer {
  switch (request.type) {
    case "describe":
      return session.describe();
    case "configure":
      return session.configure(request);
    case "render":
      return session.render(request, progress);
    case "main":
      return session.renderMain(request);
  }
}

const [folder] = Deno.args;
divertConsole();
const { parse, stringify } = JSON;
// Before agent code is loaded, which could take the message.
const progress = await new Promise<Int32Array>((resolve) => {
  addEventListener("message", (event) => resolve((event as MessageEvent<Int32Array>).data), { once: true });
});
const loading = load(folder!);
loading.catch(() => {});
for await (const line of readLines(Deno.stdin.readable)) {
  let reply: Answer;
  try {
    reply = answer(await loading, parse(line) as Request);
  } catch (error) {
    reply = { type: "failed", error: errorText(error) };
  }
  let text: string;
  try {
    text = stringify(reply);
  } catch (error) {
    text = stringify({ type: "failed", error: errorText(error) });
  }
  writeAll(encoder.encode(text + "\n"), stdout);
}
self.close();
