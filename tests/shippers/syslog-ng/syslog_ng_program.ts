/**
 * syslog-ng of Debian, as the tests run it.
 *
 * @module
 */
import { join } from "node:path";
import { DEBIAN_LIBRARIES, obtainDebianPackages } from "../obtain.ts";
import { readmeBlocks, withPaths } from "../readme_blocks.ts";
import { type CommandResult, tryCommand } from "../run_command.ts";
import { ShipperProcess } from "../shipper_process.ts";

/** The packages, unpacked. */
export const SYSLOG_NG = await obtainDebianPackages("debian-bookworm-syslog-ng", [
  "syslog-ng-core",
  "libivykis0",
  "libjson-c5",
  "libnet1",
  "libpcre3",
  "libwrap0",
  "libglib2.0-0",
]);

/** syslog-ng in a folder of its own, with the README's static configuration. */
export class SyslogNg {
  readonly #program: string;
  readonly #folder: string;

  private constructor(program: string, folder: string) {
    this.#program = program;
    this.#folder = folder;
  }

  /**
   * Writes the configuration.
   *
   * @param program Folder of the unpacked packages.
   * @param folder Folder for everything that it writes; made here.
   */
  static async prepare(program: string, folder: string): Promise<SyslogNg> {
    const one = new SyslogNg(program, folder);
    await Deno.mkdir(one.destPath, { recursive: true });
    const [config] = readmeBlocks("syslog-ng", "syslog-ng");
    await Deno.writeTextFile(
      one.configPath,
      withPaths(config!, { "/etc/syslog-ng/klw.d": one.destPath, "/var/log/syslog-ng-containers.json": one.outPath }),
    );
    return one;
  }

  /** WATCHER_SYSLOG_NG_DEST_PATH. */
  get destPath(): string {
    return join(this.#folder, "klw.d");
  }

  get configPath(): string {
    return join(this.#folder, "syslog-ng.conf");
  }

  get outPath(): string {
    return join(this.#folder, "out.json");
  }

  get pidPath(): string {
    return join(this.#folder, "syslog-ng.pid");
  }

  /** Starts it and waits until it takes commands. */
  async start(): Promise<ShipperProcess> {
    const state = ["-R", join(this.#folder, "persist"), "-c", this.#controlPath, "-p", this.pidPath];
    const [program, ...args] = this.#command("syslog-ng", ["-F", "--no-caps", "-f", this.configPath, ...state]);
    const shipper = ShipperProcess.start([program, ...args], { env: this.#env });
    await shipper.until("syslog-ng takes commands", async () => (await this.control("stats")).code === 0);
    return shipper;
  }

  /** Runs `syslog-ng-ctl`. */
  control(command: "reload" | "stats"): Promise<CommandResult> {
    return tryCommand([join(this.#program, "usr/sbin/syslog-ng-ctl"), command, "-c", this.#controlPath], {
      env: this.#env,
    });
  }

  /** Checks the configuration. */
  checkSyntax(): Promise<CommandResult> {
    return tryCommand(this.#command("syslog-ng", ["--syntax-only", "-f", this.configPath]), { env: this.#env });
  }

  get #controlPath(): string {
    return join(this.#folder, "ctl");
  }

  get #env() {
    const folders = ["usr/lib/syslog-ng", `usr/lib/${DEBIAN_LIBRARIES}`, `lib/${DEBIAN_LIBRARIES}`];
    return { LD_LIBRARY_PATH: folders.map((folder) => join(this.#program, folder)).join(":") };
  }

  #command(name: string, args: readonly string[]): [string, ...string[]] {
    const modules = `--module-path=${join(this.#program, "usr/lib/syslog-ng/3.38")}`;
    return [join(this.#program, "usr/sbin", name), modules, ...args];
  }
}
