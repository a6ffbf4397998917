import { spawn } from "node:child_process";
import { rootFolder } from "./root.mjs";

/**
 * @typedef {object} Outcome
 * @property {number} exitCode 128 + signal number where a signal ended it, as shells have it.
 * @property {string} output What it printed, both streams in order; empty where it printed to our own streams.
 */

/** @type {Partial<Record<NodeJS.Signals, number>>} */
const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/**
 * Runs a Node script on our own streams until it ends. An interrupt from the keyboard reaches it by itself, so we only
 * wait for what it makes of it; a request to terminate is passed on.
 *
 * @param {readonly string[]} args The script and its arguments.
 * @param {{ cwd?: string }} [options]
 * @returns {Promise<number>} The exit code.
 */
export async function runNode(args, { cwd = rootFolder } = {}) {
  const stop = new AbortController();
  const terminate = () => stop.abort();
  const wait = () => {};
  process.on("SIGTERM", terminate);
  process.on("SIGINT", wait);
  try {
    return (await start(process.execPath, args, { cwd, stdio: "inherit" }, stop.signal)).exitCode;
  } finally {
    process.off("SIGTERM", terminate);
    process.off("SIGINT", wait);
  }
}

/**
 * Runs a Node script and keeps what it prints.
 *
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number }} [options]
 * @returns {Promise<Outcome>}
 */
export function captureNode(args, { cwd = rootFolder, env, timeoutMs } = {}) {
  return start(process.execPath, args, { cwd, env, timeout: timeoutMs, stdio: ["ignore", "pipe", "pipe"] });
}

/**
 * Runs npm and keeps what it prints. The npm that started us is used again, by its script, so that no shell and no
 * `npm.cmd` come into it.
 *
 * @param {readonly string[]} args
 * @param {{ cwd?: string }} [options]
 * @returns {Promise<Outcome>}
 */
export function captureNpm(args, { cwd = rootFolder } = {}) {
  const script = process.env["npm_execpath"];
  if (script?.endsWith(".js")) return captureNode([script, ...args], { cwd });
  const windows = process.platform === "win32";
  return start(windows ? "npm.cmd" : "npm", args, { cwd, stdio: ["ignore", "pipe", "pipe"], shell: windows });
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions} options
 * @param {AbortSignal} [stop] Terminates the command; it still ends in its own way.
 * @returns {Promise<Outcome>}
 */
function start(command, args, options, stop) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, options);
    stop?.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
    let output = "";
    const keep = (/** @type {string} */ text) => {
      output += text;
    };
    child.stdout?.setEncoding("utf8").on("data", keep);
    child.stderr?.setEncoding("utf8").on("data", keep);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      resolve({ exitCode: code ?? 128 + (signalNumbers[signal ?? "SIGTERM"] ?? 15), output });
    });
  });
}
