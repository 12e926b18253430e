import assert from "node:assert/strict";
import { COMMANDS } from "../../lib/cli/command_table.ts";
import { isDebugWanted, joinBooleans, peek } from "../../lib/cli/peek.ts";

Deno.test("a first look finds command, help and flags without refusing anything", () => {
  const rows: [string[], string | undefined, boolean, Record<string, string>][] = [
    [["watch", "--agents", "a", "--agents=b", "--unknown", "--x=1=2"], "watch", false, {
      agents: "a,b",
      unknown: "",
      x: "1=2",
    }],
    [["help", "preview"], "preview", true, {}],
    [["preview", "a", "-h"], "preview", true, {}],
    [["wacth", "--help"], undefined, true, { help: "" }],
    [["watch", "--", "--help"], "watch", false, {}],
    [[], undefined, false, {}],
  ];
  for (const [args, command, isHelp, flags] of rows) {
    const peeked = peek(args, COMMANDS);
    assert.equal(peeked.command?.name, command);
    assert.equal(peeked.isHelp, isHelp);
    assert.deepEqual(Object.fromEntries(peeked.flags), flags);
  }
});

Deno.test("a boolean never swallows the word that follows it", () => {
  const rows: [string, string][] = [
    ["--debug scalyr", "--debug=true scalyr"],
    ["--debug no scalyr", "--debug=no scalyr"],
    ["--debug", "--debug=true"],
    ["--debug=off on", "--debug=off on"],
    ["--other true", "--other true"],
    ["-- --debug", "-- --debug"],
  ];
  for (const [args, joined] of rows) assert.equal(joinBooleans(args.split(" "), new Set(["debug"])).join(" "), joined);
});

Deno.test("debugging is on by flag or variable, and the flag wins", () => {
  const isDebug = (args: string[], env: Record<string, string>) =>
    isDebugWanted({ flags: peek(args, COMMANDS).flags, env });
  assert.equal(isDebug(["preview", "--debug", "scalyr"], {}), true);
  assert.equal(isDebug(["preview", "--debug=no"], { WATCHER_DEBUG: "1" }), false);
  assert.equal(isDebug(["preview"], { WATCHER_DEBUG: "Yes" }), true);
  assert.equal(isDebug(["preview"], { WATCHER_DEBUG: "maybe" }), false);
});
