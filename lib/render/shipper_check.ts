/**
 * Part of the agent contract: how a shipper's own offline check is run on what an agent wants, before anything live is touched.
 *
 * @module
 */

/**
 * The shipper's own check, e.g. `{ program: "rsyslogd", arguments: ["-N1", "-f", "{main}"], main: { template: "check.conf.eta", format: "rsyslog" } }`.
 *
 * It runs on a private copy of everything that the agent wants, and only where the operator has turned it on. The files' contents are those that go live:
 * a path of the agent's own folder that stands in them still means the live one.
 *
 * Names in braces may stand in arguments. `{name}` of a setting of type `directory` or `file` is the staged copy of that place, of another type its value;
 * `{main}` is the rendered main file and `{work}` an empty folder that the program may write to (a data directory). A setting that is not set means that the
 * check cannot be run.
 */
export interface ShipperCheck {
  /** Bare file name of the program, e.g. `vector`; it is looked for in the folders of WATCHER_CHECK_PATH. */
  readonly program: string;
  /** Arguments, patterns as described above. Secret settings must not be named: anyone on the machine can read arguments. */
  readonly arguments: readonly string[];
  /** A main configuration that includes what is staged, for shippers that cannot check a fragment alone. */
  readonly main?: CheckMain;
  /** Exit codes that mean that all is well, default [0]. Every other one is a refusal. */
  readonly goodExitCodes?: readonly number[];
  /** Seconds after which the program is ended and counts as failed, default 10, at most 120. */
  readonly timeoutSeconds?: number;
}

/** A main configuration made for the check alone. */
export interface CheckMain {
  /**
   * File name of the template in the agent's folder. As `it` it gets what `shared` gives and `{ node, settings, files, work }`: `settings` has staged
   * places in the place of those of type `directory` and `file`, `files` lists the staged files and links by path, sorted, and `work` is the empty folder.
   */
  readonly template: string;
  /** Language of the file, as of an output. */
  readonly format: "json" | "yaml" | "text" | (string & Record<never, never>);
}
