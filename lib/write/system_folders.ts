/**
 * Folders that belong to the operating system as a whole: no destination, for whatever an agent owns there is swept, and its paths are chosen by pods
 * in part.
 *
 * @module
 */

const SYSTEM_FOLDERS: ReadonlySet<string> = new Set(
  [
    "/ /bin /boot /dev /etc /lib /lib32 /lib64 /libx32 /proc /run /sbin /sys /usr /var",
    "/usr/bin /usr/lib /usr/lib64 /usr/libexec /usr/local /usr/local/bin /usr/sbin /usr/share",
    "/etc/cron.d /etc/init.d /etc/profile.d /etc/ssh /etc/sudoers.d /etc/systemd/system /etc/kubernetes /etc/kubernetes/manifests",
    "/var/cache /var/lib /var/lib/docker /var/lib/kubelet /var/log /var/run /var/spool /var/spool/cron",
  ].flatMap((line) => line.split(" ")),
);

/** File systems of the kernel: nothing below them is a file that could be kept. */
const KERNEL_FOLDERS = ["/proc/", "/sys/"] as const;

/**
 * Says why a folder cannot be a destination; undefined if it can.
 *
 * @param folder Absolute, normal, without a slash at its end.
 */
export function systemFolderProblem(folder: string): string | undefined {
  if (SYSTEM_FOLDERS.has(folder)) {
    return `${folder} is a folder of the operating system; name a folder that is for this agent's files alone, such as ${
      folder === "/" ? "" : folder
    }/kube-log-watcher`;
  }
  if (KERNEL_FOLDERS.some((kernel) => folder.startsWith(kernel))) {
    return `${folder} is the kernel's; name a folder of a disk or of an emptyDir volume`;
  }
  return undefined;
}
