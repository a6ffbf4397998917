import { execFileSync } from "node:child_process";

/** Beside its readers, a process has connections to the store, modules and pipes open. */
const BESIDE = 100;

/**
 * @param {number} readers That one process holds at most.
 * @returns {string | undefined} What is wrong, where that many connections can't be open at once.
 */
export function lackOfFiles(readers) {
  const wanted = readers + BESIDE;
  const allowed = allowedFiles();
  if (allowed >= wanted) return undefined;
  return `${readers} readers need ${wanted} open files in one process, and \`ulimit -n\` allows ${allowed}: raise it (ulimit -n ${wanted}), or set READERS=${Math.max(0, allowed - BESIDE)}`;
}

/** As processes that Node starts have it: Node raises its own limit as far as it may. */
function allowedFiles() {
  try {
    const told = execFileSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }).trim();
    return told === "unlimited" ? Number.POSITIVE_INFINITY : Number(told);
  } catch {
    return Number.POSITIVE_INFINITY; // where there is no such thing
  }
}
