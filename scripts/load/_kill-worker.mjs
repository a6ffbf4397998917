/** A process of `kill.mjs` that is killed: it works on runs that are due, and tells which it has in hand. */
import { openApp } from "./_open-app.mjs";

/** @typedef {{ url: string, steps: number, paceMs: number, worker: string }} KillTask */

/** @param {Record<string, unknown>} told */
const tell = (told) => void (process.connected && process.send?.(told, undefined, {}, () => {}));

/** @param {KillTask} task */
async function work({ url, steps, paceMs }) {
  const { sales } = openApp({
    ...{ url, steps, paceMs, concurrency: 20 },
    onError: (error) => tell({ kind: "error", message: String(error) }),
    onEvent: (event, { id: runId }) => {
      if (event.type === "run-started") tell({ kind: "taken", runId });
      if (event.type === "interrupted" || event.type === "run-completed") tell({ kind: "rested", runId });
    },
  });
  await sales.work();
  tell({ kind: "ready" });
}

/** Begins to listen for its task. */
export function beginKillWork() {
  process.once("message", (/** @type {KillTask} */ task) => void work(task));
  process.once("disconnect", () => process.exit());
}
