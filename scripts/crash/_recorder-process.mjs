import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/**
 * @typedef {import("./_recorder.mjs").Entry} Entry
 * @typedef {{ done: Entry[], repeated: Entry[], counts: import("./_recorder.mjs").Counts }} Log
 */

/** Starts the outside world. */
export async function startRecorder() {
  const child = fork(fileURLToPath(new URL("_recorder.mjs", import.meta.url)));
  const [address] = await once(child, "message");
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    /** @returns {Promise<Log>} */
    log: async () => /** @type {any} */ (await (await fetch(`${url}/log`)).json()),
    stop: () => void child.kill(),
  };
}
