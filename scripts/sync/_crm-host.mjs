import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/**
 * Starts a CRM in a process of its own.
 *
 * @param {import("./_crm-process.mjs").CrmTask} task
 */
export async function startCrm(task) {
  const child = fork(fileURLToPath(new URL("_crm-process.mjs", import.meta.url)), {
    serialization: "json",
  });
  /** @type {Map<number, { resolve: (answer: any) => void, reject: (error: Error) => void }>} */
  const open = new Map();
  let calls = 0;
  child.send(task);
  const [{ url }] = /** @type {[{ url: string }]} */ (await once(child, "message"));
  child.on("message", (/** @type {any} */ { call, answer, error }) => {
    const waiting = open.get(call);
    open.delete(call);
    if (error === undefined) waiting?.resolve(answer);
    else waiting?.reject(new Error(error));
  });
  return {
    url,
    /**
     * Asks one of the methods of the process.
     *
     * @param {string} method
     * @param {...unknown} args
     * @returns {Promise<any>}
     */
    ask(method, ...args) {
      const call = ++calls;
      return new Promise((resolve, reject) => {
        open.set(call, { resolve, reject });
        child.send({ call, method, args });
      });
    },
    async stop() {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
  };
}
