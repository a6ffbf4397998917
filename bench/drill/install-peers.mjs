import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { captureNpm } from "../../scripts/workspace/command.mjs";
import { rootFolder } from "../../scripts/workspace/root.mjs";

const wanted = join(rootFolder, "bench/drill/package.json");

/** Where the peers are installed: ignored by git, and outside the workspace. */
export const peersFolder = join(rootFolder, ".cache/drill-peers");

/** Written when the install has ended, with the manifest that it was made from. */
const stampFile = join(peersFolder, ".installed.json");

/** Whether the peers stand as the manifest names them. */
export function arePeersInstalled() {
  return existsSync(stampFile) && readFileSync(stampFile, "utf8") === readFileSync(wanted, "utf8");
}

/** Installs the peers. No install script of theirs runs. */
export async function installPeers() {
  mkdirSync(peersFolder, { recursive: true });
  copyFileSync(wanted, join(peersFolder, "package.json"));
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
  const { exitCode, output } = await captureNpm(["install", ...flags], { cwd: peersFolder });
  if (exitCode !== 0) {
    throw new Error(
      `The peers can't be installed (npm exit code ${exitCode}); --ours drills without them:\n${output.trimEnd()}`,
    );
  }
  writeFileSync(stampFile, readFileSync(wanted, "utf8"));
}
