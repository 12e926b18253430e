/**
 * rsyslogd of Debian, as the tests run it.
 *
 * @module
 */
import { join } from "node:path";
import { DEBIAN_LIBRARIES, obtainDebianPackages } from "../obtain.ts";
import { readmeBlocks, withPaths } from "../readme_blocks.ts";

/** The packages, unpacked. */
export const RSYSLOG = await obtainDebianPackages("debian-bookworm-rsyslog", [
  "rsyslog",
  "libestr0",
  "libfastjson4",
  "liblognorm5",
]);

/** Paths of a running rsyslogd. */
export interface RsyslogPaths {
  /** WATCHER_RSYSLOG_DEST_PATH. */
  readonly destPath: string;
  readonly configPath: string;
  readonly outPath: string;
  readonly pidPath: string;
}

/** Gives paths below a folder, and writes the README's static configuration with them. */
export async function prepareRsyslog(folder: string): Promise<RsyslogPaths> {
  const paths = {
    destPath: join(folder, "dest"),
    configPath: join(folder, "rsyslog.conf"),
    outPath: join(folder, "out.json"),
    pidPath: join(folder, "rsyslogd.pid"),
  };
  const workPath = join(folder, "work");
  await Deno.mkdir(workPath, { recursive: true });
  await Deno.mkdir(paths.destPath, { recursive: true });
  const [config] = readmeBlocks("rsyslog", "rsyslog");
  await Deno.writeTextFile(
    paths.configPath,
    withPaths(config!, {
      "/var/lib/kube-log-watcher/rsyslog": paths.destPath,
      "/var/spool/rsyslog": workPath,
      "/var/log/rsyslog-containers.json": paths.outPath,
    }),
  );
  return paths;
}

/** Gives the command that starts rsyslogd of a folder, with its environment. */
export function rsyslogd(folder: string, args: readonly string[]) {
  const libraries = join(folder, "usr/lib", DEBIAN_LIBRARIES);
  const command = [join(folder, "usr/sbin/rsyslogd"), "-M", join(libraries, "rsyslog"), ...args] as const;
  return { command: command as unknown as [string, ...string[]], env: { LD_LIBRARY_PATH: libraries } };
}
