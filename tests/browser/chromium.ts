/**
 * Chromium, as Debian has it.
 *
 * @module
 */
import { type Browser, chromium } from "playwright-core";

/** A program, or why there is none. */
export type Chromium = { readonly path: string } | { readonly missing: string };

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Flags: no sandbox, as root has none; nothing that goes to the network by itself. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-sync",
];

/** Finds Chromium; on a Debian of which this is root it is installed. */
export async function obtainChromium(): Promise<Chromium> {
  const there = find();
  if (there !== undefined) return { path: there };
  if (Deno.uid() !== 0) return { missing: "there is no Chromium, and only root may install it" };
  const steps = [
    ["update", "-qq"],
    [
      "install",
      "-qq",
      "-y",
      "--no-install-recommends",
      "-o",
      "DPkg::Lock::Timeout=300",
      "chromium",
      "fonts-liberation",
    ],
  ];
  // A package may have been replaced since the lists were read, or another program may be at it: once more.
  let said = "";
  for (let attempt = 0; attempt < 2; attempt++) {
    for (const args of steps) {
      const { success, stderr } = await new Deno.Command("apt-get", {
        args,
        env: { DEBIAN_FRONTEND: "noninteractive" },
        stdin: "null",
        stdout: "null",
      }).output().catch((error) => ({ success: false, stderr: new TextEncoder().encode(String(error)) }));
      if (!success) said = new TextDecoder().decode(stderr).trim().split("\n").at(-1)!;
    }
    const installed = find();
    if (installed !== undefined) return { path: installed };
  }
  return { missing: `Chromium cannot be had: apt-get says: ${said}` };
}

function find(): string | undefined {
  return PLACES.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** Starts it with a profile of its own. */
export async function startChromium(path: string): Promise<Browser & AsyncDisposable> {
  return await chromium.launch({ executablePath: path, args: ARGUMENTS, timeout: 60_000 });
}
