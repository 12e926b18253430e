import assert from "node:assert/strict";
import { join } from "node:path";
import { type Hostile, openArena, targetIn, testAttempts } from "./arena.ts";

const CANNOT = /^Agent hostile cannot render shop\/pod-1\/web: /;
const pathOutput = (path: string) =>
  `{ file: { template: "file.eta", format: "text", each: "container", path: "{dest}/${path}" } }`;
const linkOutput = `{ link: { link: "{dest}/{id}.log", to: "to" } }`;

// Places that are not its own
testAttempts([
  {
    cannot: "write a path part ..",
    outputs: pathOutput("{id}/{name}/x"),
    context: "return { got: 'x', name: '..' };",
    says: /Path part "\.\." would lead out of the output's folder/,
  },
  {
    cannot: "write a path with .. inside of a part",
    outputs: pathOutput("{id}-{name}"),
    context: "return { got: 'x', name: '/../../outside/made' };",
    says: /Path part ".*\/\.\.\/\.\.\/outside\/made" would lead out/,
  },
  {
    cannot: "write an absolute path",
    outputs: pathOutput("{name}-{id}"),
    context: "return { got: 'x', name: 'OUTSIDE/made' };",
    says: /Path part "OUTSIDE\/made-0+" would lead out/,
  },
  {
    cannot: "write a path of several parts by one value",
    outputs: pathOutput("{name}-{id}"),
    context: "return { got: 'x', name: 'a/b' };",
    says: /Path part "a\/b-0+1" would lead out/,
  },
  {
    cannot: "write a hidden file, as the watcher's own record is",
    outputs: pathOutput("{name}-{id}"),
    context: "return { got: 'x', name: '.kube-log-watcher-scalyr.ledger' };",
    says: /be hidden/,
  },
  {
    cannot: "write a name with NUL",
    outputs: pathOutput("{name}-{id}"),
    context: "return { got: 'x', name: 'a\\0b' };",
    says: /control characters/,
  },
  {
    cannot: "write a name of half a character",
    outputs: pathOutput("{name}-{id}"),
    context: "return { got: 'x', name: 'a\\ud800' };",
    says: /is no text$/,
  },
  {
    cannot: "write a name that is too long",
    outputs: pathOutput("{name}-{id}"),
    context: "return { got: 'x', name: 'ü'.repeat(128) };",
    says: /is longer than 255 bytes$/,
  },
  {
    cannot: "write a path that is too long",
    outputs: pathOutput("{name}/".repeat(20) + "{id}"),
    context: "return { got: 'x', name: 'x'.repeat(250) };",
    says: /is longer than 4095 bytes$/,
  },
  {
    cannot: "take an empty name",
    outputs: pathOutput("{name}" + "{id}"),
    context: "return { got: 'x', name: '' };",
    says: /has no value for \{name\}/,
  },
  {
    cannot: "name itself another container",
    outputs: pathOutput("{id}-{name}"),
    context: "return { got: 'x', id: '../../outside/made', name: { toString() { return 'x'; } } };",
    says: /has no value for \{name\}/,
  },
  {
    cannot: "link to a file outside of the container logs",
    outputs: linkOutput,
    context: "return { got: 'x', to: 'OUTSIDE/secret.txt' };",
    says: /Link target "OUTSIDE\/secret\.txt" is outside of the folders of container logs/,
  },
  {
    cannot: "link to /etc/passwd",
    outputs: linkOutput,
    context: "return { got: 'x', to: '/etc/passwd' };",
    says: /Link target "\/etc\/passwd" is outside/,
  },
  {
    cannot: "link out of the container logs by ..",
    outputs: linkOutput,
    context: "return { got: 'x', to: target.log.directory + '/../../outside/secret.txt' };",
    says: /is outside of the folders of container logs/,
  },
  {
    cannot: "link to a relative path",
    outputs: linkOutput,
    context: "return { got: 'x', to: '../outside/secret.txt' };",
    says: /is outside of the folders of container logs/,
  },
  {
    cannot: "link to nothing",
    outputs: linkOutput,
    context: "return { got: 'x' };",
    says: /Link has no target: context gives no text to$/,
  },
  {
    cannot: "write below its own link",
    outputs:
      `{ link: { link: "{dest}/{id}", to: "to" }, file: { template: "file.eta", format: "text", each: "container", path: "{dest}/{id}/file" } }`,
    context: "return { got: 'x', to: target.log.directory };",
    says: /\/file lies below .*, which is already a file or link of container 0+1$/,
  },
  {
    cannot: "write one path twice",
    outputs:
      `{ a: { template: "file.eta", format: "text", each: "container", path: "{dest}/{id}" }, b: { template: "file.eta", format: "text", each: "container", path: "{dest}/{id}" } }`,
    says: /is already taken by container 0+1$/,
  },
]);

const LINKED: readonly {
  readonly what: string;
  readonly prepare: (arena: { dest: string; logs: string; outside: string }) => void;
  readonly code: Hostile;
  readonly says: RegExp;
}[] = [
  {
    what: "write through a link that lies among its outputs",
    prepare: ({ dest, outside }) => Deno.symlinkSync(outside, join(dest, "sub")),
    code: { outputs: pathOutput("sub/{id}") },
    says: /would lead through the link .*\/dest\/sub, out of the output's folder$/,
  },
  {
    what: "link through a link among the container logs to another place",
    prepare: ({ logs, outside }) => Deno.symlinkSync(outside, join(logs, "pod/out")),
    code: { outputs: linkOutput, context: "return { to: target.log.directory + '/out/secret.txt' };" },
    says: /Link target ".*\/out\/secret\.txt" is outside of the folders of container logs/,
  },
  {
    what: "link to a file that is not there yet through a link to another place",
    prepare: ({ logs, outside }) => Deno.symlinkSync(outside, join(logs, "pod/out")),
    code: { outputs: linkOutput, context: "return { to: target.log.directory + '/out/later.txt' };" },
    says: /Link target ".*\/out\/later\.txt" is outside of the folders of container logs/,
  },
];

for (const { what, prepare, code, says } of LINKED) {
  Deno.test(`a hostile agent cannot ${what}`, async () => {
    await using arena = await openArena();
    const renderer = await arena.open(code);
    prepare(arena);
    const { wanted, refused } = await renderer.render([targetIn(arena.logs)]);
    assert.deepEqual(wanted, []);
    assert.match(refused[0]!.reason, CANNOT);
    assert.match(refused[0]!.reason, says);
  });
}

Deno.test("a log outside of the container logs is not linked, whoever says so", async () => {
  await using arena = await openArena();
  const renderer = await arena.open({ outputs: `{ link: { link: "{dest}/{id}.log" } }` });
  const target = targetIn(arena.logs);
  const moved = { ...target, log: { ...target.log, path: "/etc/passwd" } };
  const { wanted, refused } = await renderer.render([moved]);
  assert.deepEqual(wanted, []);
  assert.match(refused[0]!.reason, /Live log "\/etc\/passwd" is outside of the folders of container logs/);
  await arena.checkPeace();
});
