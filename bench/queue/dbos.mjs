import { openPeer } from "../../scripts/workspace/peers.mjs";

const quiet = { info() {}, debug() {}, warn() {}, error() {}, emerg() {} };
const QUEUE = "bench";

/**
 * DBOS with one queue of workflows of one step. It looks at the queue every 50 ms instead of every second, and takes 20 at once.
 *
 * @param {string} url
 * @param {string} folder Where it is installed.
 * @param {{ executor: string, onDone?: () => void }} options - Without `onDone` it only enqueues.
 */
export async function openDbos(url, folder, { executor, onDone }) {
  const { DBOS } = await openPeer(folder).load("@dbos-inc/dbos-sdk");
  DBOS.setConfig({
    ...{ name: "bench", systemDatabaseUrl: url, logger: quiet, runAdminServer: false },
    ...{ applicationVersion: "1", executorID: executor, ...(onDone ? {} : { listenQueues: [] }) },
  });
  const workflow = DBOS.registerWorkflow(
    async (/** @type {object} */ payload) => {
      const done = await DBOS.runStep(async () => payload, { name: "step" });
      onDone?.();
      return done;
    },
    { name: "job" },
  );
  await DBOS.launch();
  await DBOS.registerQueue(QUEUE, { workerConcurrency: 20, minPollingIntervalMs: 50 });
  return {
    enqueue: (/** @type {object} */ payload) => DBOS.startWorkflow(workflow, { queueName: QUEUE })(payload),
    close: () => DBOS.shutdown(),
  };
}
