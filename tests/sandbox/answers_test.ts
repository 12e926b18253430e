import assert from "node:assert/strict";
import { openArena, shareArena, targetIn, testAttempts } from "./arena.ts";

const pathOutput = (path: string) =>
  `{ file: { template: "file.eta", format: "text", each: "container", path: "{dest}/${path}" } }`;
/** Puts an answer of the agent's making in place of each that its runtime would write. */
const forged = (answer: string) => `
  const write = Deno.stdout.writeSync.bind(Deno.stdout);
  const bytes = new TextEncoder().encode(${answer} + "\\n");
  Deno.stdout.writeSync = (honest) => { for (let done = 0; done < bytes.length;) done += write(bytes.subarray(done)); return honest.length; };
  return { got: "x" };`;

// What it throws and returns
testAttempts([
  {
    cannot: "confuse the host by throwing undefined",
    context: "throw undefined;",
    says: /threw undefined, which is no Error$/,
  },
  { cannot: "confuse the host by throwing a text", context: "throw 'boo';", says: /threw "boo", which is no Error$/ },
  {
    cannot: "confuse the host by throwing a Proxy that throws on everything",
    context: "throw new Proxy(function () {}, new Proxy({}, { get() { throw 1; } }));",
    says: /threw something \(function\) that cannot be shown$/,
  },
  {
    cannot: "confuse the host by an Error whose message throws",
    context: "throw Object.defineProperty(new Error(), 'message', { get() { throw 1; } });",
    says: /threw something \(object\) that cannot be shown \(context\.ts:\d+:\d+\)$/,
  },
  {
    cannot: "steer a terminal by an Error's message",
    context: "throw new Error('a\\u001b[2Jb\\nc');",
    says: /web: a \[2Jb c \(context\.ts:\d+:\d+\)$/,
  },
  {
    cannot: "fill the log by an Error's message",
    context: "throw new Error('x'.repeat(1e6));",
    says: /web: x{1000,2010}(\.\.\.)?$/,
  },
  { cannot: "pass null for a context", context: "return null;", says: /context returned null, not an object$/ },
  { cannot: "pass a number for a context", context: "return 5;", says: /context returned 5, not an object$/ },
  {
    cannot: "pass a promise for a context",
    context: "return Promise.reject(new Error('late'));",
    says: /context returned a promise, must return its data at once$/,
  },
  {
    cannot: "render a cyclic value",
    context: "const got = {}; got.got = got; return { got: 'x', cyclic: got };",
    template: "<%= JSON.stringify(it.cyclic) %>",
    says: /circular structure/,
  },
  {
    cannot: "render a value with getters that throw",
    context: "return { get got() { throw new Error('boo'); } };",
    says: /boo \(context\.ts:\d+:\d+\)$/,
  },
  {
    cannot: "render a missing value",
    context: "return {};",
    says: /file\.eta:1.*Value undefined cannot be written: it is missing; the line is: <%= it\.got %>$/,
  },
  {
    cannot: "render a function",
    context: "return { got: () => 1 };",
    says: /cannot be written: it is function; the line is: /,
  },
  { cannot: "write past its line", context: "return { got: 'a\\nb' };", says: /has control characters; the line is: / },
  { cannot: "write raw data", template: "<%~ it.got %>", says: /Raw output <%~ it\.got %> in line 1 is not allowed/ },
  {
    cannot: "hand over an oversized file",
    context: "return { got: 'x'.repeat(900_000) };",
    template: "<%= it.got %><%= it.got %>",
    says: /makes \d+ bytes of output, at most 65536 are taken for one container$/,
  },
]);

// Answers that it forges
testAttempts([
  {
    cannot: "answer with what is no JSON",
    context: forged("'rubbish'"),
    says: /answered with "rubbish", which is no answer/,
  },
  { cannot: "answer with null", context: forged("'null'"), says: /gave an answer of the wrong shape: no object$/ },
  { cannot: "answer with a list", context: forged("'[]'"), says: /gave an answer of the wrong shape: no object$/ },
  {
    cannot: "answer with another type",
    context: forged(`'{"type":"described"}'`),
    says: /wrong shape: not type rendered/,
  },
  {
    cannot: "answer two things at once",
    context: forged(`'{}\\n{}'`),
    says: /wrote to its standard output, which is not its own/,
  },
  {
    cannot: "fail without a reason",
    context: forged(`'{"type":"failed","error":{}}'`),
    says: /failed: without a reason$/,
  },
  {
    cannot: "answer with targets that are numbers",
    context: forged(`'{"type":"rendered","targets":[1],"nodes":{}}'`),
    says: /wrong shape: a target is no object$/,
  },
  {
    cannot: "answer for a target twice",
    context: forged(
      `JSON.stringify({ type: "rendered", nodes: {}, targets: [1, 2].map(() => ({ id: target.id, warnings: [], fields: {}, files: {} })) })`,
    ),
    says: /wrong shape: a target twice$/,
  },
  {
    cannot: "leave a target out of its answer",
    context: forged(`'{"type":"rendered","targets":[],"nodes":{}}'`),
    says: /It gave no answer for this container$/,
  },
  {
    cannot: "answer with files under the key __proto__",
    context: forged(
      `'{"type":"rendered","nodes":{},"targets":[{"id":"' + target.id + '","warnings":[],"fields":{},"files":{"__proto__":{"file":"x"}}}]}'`,
    ),
    says: /wrong shape: a file whose contents are no text$/,
  },
  {
    cannot: "answer with fields under the key __proto__",
    outputs: pathOutput("{id}-{name}"),
    context: forged(
      `'{"type":"rendered","nodes":{},"targets":[{"id":"' + target.id + '","warnings":[],"fields":{"__proto__":{"name":"x"}},"files":{"file":"x"}}]}'`,
    ),
    says: /has no value for \{name\}/,
  },
  {
    cannot: "answer with nesting without end",
    context: forged(`'['.repeat(500_000) + ']'.repeat(500_000)`),
    says: /wrong shape: no object$|which is no answer|answered with more/,
  },
  {
    cannot: "describe itself to a request to render by printing early",
    top: `Deno.stdout.writeSync(new TextEncoder().encode('{"type":"described","description":{}}\\n'));`,
    says: /wrote to its standard output, which is not its own|summary must be one line of text/,
  },
]);

// What it breaks in its own process, and what it changes there afterwards
const BREAKS: readonly { readonly what: string; readonly top: string }[] = [
  {
    what: "Object.prototype",
    top:
      `Object.prototype.error = "polluted"; Object.prototype.contents = "polluted"; Object.prototype.path = "/etc/x";`,
  },
  {
    what: "Array.prototype",
    top:
      `Array.prototype.map = () => []; Array.prototype.push = () => 0; Array.prototype[Symbol.iterator] = function* () {};`,
  },
  {
    what: "JSON",
    top: `JSON.stringify = () => '{"type":"rendered","targets":[],"nodes":{}}'; JSON.parse = () => ({});`,
  },
  { what: "Map", top: `Map.prototype.get = () => ({ path: "/etc/x" }); Map.prototype.set = () => {};` },
  {
    what: "String.prototype",
    top: `String.prototype.replaceAll = () => { throw 1; }; String.prototype.slice = () => "../../x";`,
  },
  {
    what: "TextEncoder and Deno.stdout",
    top: `TextEncoder.prototype.encode = () => new Uint8Array([10]); Deno.stdout.writeSync = () => 0;`,
  },
  { what: "Promise", top: `Promise.prototype.then = function () { return this; };` },
];

const shared = shareArena({ loadMs: 1000, requestMs: 500 });

for (const { what, top } of BREAKS) {
  Deno.test(`a hostile agent that overwrites ${what} harms nobody but itself`, async () => {
    const arena = shared();
    const { rendering } = await arena.run({ top });
    for (const file of rendering?.wanted ?? []) {
      assert.ok(file.path.startsWith(`${arena.dest}/`));
      assert.equal(file.kind === "file" && file.mode, 0o640);
    }
    assert.equal(({} as { error?: unknown }).error, undefined);
    await arena.checkPeace();
  });
}

Deno.test("what an agent changes of its outputs after it described itself does not count", async () => {
  await using arena = await openArena();
  const { rendering } = await arena.run({
    context: `
      this.outputs.file.path = "/etc/{id}";
      this.outputs.file.mode = 0o777;
      this.outputs.more = { template: "file.eta", format: "text", each: "container", path: "/etc/more-{id}" };
      this.settings.dest.default = "/etc";
      return { got: "fine" };`,
  });
  assert.deepEqual(rendering!.wanted, [{
    kind: "file",
    path: `${arena.dest}/${targetIn(arena.logs).id}.txt`,
    root: arena.dest,
    contents: "fine",
    mode: 0o640,
  }]);
  await arena.checkPeace();
});
