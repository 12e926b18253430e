/**
 * Stand-ins for the programs that documents call and a test cannot: a cluster, a registry, an image builder. Each writes down how it was called.
 *
 * @module
 */
import { join } from "node:path";

/** Programs that do nothing but write down their call. */
const SILENT = ["docker", "git", "helm", "npm", "npx"];

/** Tasks that have tests of their own, or are those tests. */
const LONG_TASKS = ["demo", "test", "test:shippers", "test:page", "ok", "fuzz", "soak", "bench", "bench:scale"];

const RECORD = `#!/bin/sh
printf '%s\\n' "\${0##*/} $*" >> "$KLW_CALLS"
`;

/** As Deno, but for tasks that are long. */
const DENO = `#!/bin/sh
case "$1 $2" in ${LONG_TASKS.map((task) => `"task ${task}"`).join("|")}) echo "deno $*" >> "$KLW_CALLS"; exit 0;; esac
exec "$KLW_DENO" "$@"
`;

/**
 * As kubectl: takes what comes through a pipe if there is any, names one pod and one node, has one metric, and carries out what is to be run in the
 * watcher's container, where the program is /opt/deno/deno and its folder is /app.
 */
const KUBECTL = `${RECORD}
case " $* " in
  *" -f - "*) test -n "$(cat)" || { echo "nothing came through the pipe" >&2; exit 1; };;
  *" -o name "*) echo pod/kube-log-watcher-x2k4q;;
  *" --raw "*) echo 'kube_log_watcher_containers{state="collected"} 1';;
  *" exec "*)
    while test "$1" != "--"; do shift; done
    test "$2" = /opt/deno/deno || { echo "there is no $2 in the image" >&2; exit 1; }
    shift 2
    count=$#
    while test "$count" -gt 0; do
      word=$1; shift
      if test "$word" = /app; then word=$KLW_PROJECT; fi
      set -- "$@" "$word"
      count=$((count - 1))
    done
    export WATCHER_AGENTS=symlinker WATCHER_SYMLINK_DIR="$KLW_PROJECT/node/links" WATCHER_STATE_PATH="$KLW_PROJECT/node/state"
    export WATCHER_POD_LOGS_PATH="$KLW_PROJECT/node/pods" WATCHER_CONTAINERS_PATH="$KLW_PROJECT/node/docker"
    export WATCHER_CONTAINER_LINKS_PATH="$KLW_PROJECT/node/containers"
    exec "$KLW_DENO" "$@";;
esac
`;

/** What a document's commands find. */
export interface StandIns {
  /** Environment of the commands, PATH among it. */
  readonly env: Readonly<Record<string, string>>;
  /** Lists the calls so far, a line each. */
  readonly calls: () => readonly string[];
}

/** Puts stand-ins beside a copy of the project, and the log of one pod's container, `shop/web-3/app`. */
export async function makeStandIns(project: string): Promise<StandIns> {
  const bin = join(project, ".stand-ins");
  const calls = join(bin, "calls.txt");
  await Deno.mkdir(bin);
  await Deno.writeTextFile(calls, "");
  const programs = [...SILENT.map((name) => [name, RECORD]), ["deno", DENO], ["kubectl", KUBECTL]] as const;
  for (const [name, text] of programs) {
    await Deno.writeTextFile(join(bin, name!), text!);
    await Deno.chmod(join(bin, name!), 0o755);
  }
  const pod = join(project, "node/pods/shop_web-3_3cbebc25-6c5b-4e49-849e-33fc881a0458/app");
  await Deno.mkdir(pod, { recursive: true });
  await Deno.writeTextFile(join(pod, "0.log"), "2026-01-01T00:00:00.000000000Z stdout F hello\n");
  return {
    env: {
      PATH: `${bin}:${Deno.env.get("PATH") ?? ""}`,
      KLW_CALLS: calls,
      KLW_DENO: Deno.execPath(),
      KLW_PROJECT: project,
      DENO_INSTALL_ROOT: join(project, ".deno"),
    },
    calls: () => Deno.readTextFileSync(calls).split("\n").slice(0, -1),
  };
}
