/** LangGraph under `graph.mjs`: the same tasks, the same outside, the same hand that kills. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { openPeer } from "../workspace/peers.mjs";
import { runCalmly, runDisturbed } from "./_disturb.mjs";
import { LangGraphHost } from "./_langgraph-host.mjs";
import { FREEZE_MS, WORKERS } from "./_ours.mjs";
import { startRecorder } from "./_recorder-process.mjs";
import { Takeovers } from "./_takeovers.mjs";
import { judge } from "./_verdict.mjs";
import { bundleWorker, WorkerPool } from "./_worker-pool.mjs";

const PROGRAM = `
  import * as langGraph from "@langchain/langgraph";
  import { PostgresSaver } from "@langchain/langgraph-checkpoint-postgres";
  import { beginWork } from "./_langgraph-worker.mjs";
  beginWork(langGraph, PostgresSaver);
`;

/** @typedef {Awaited<ReturnType<typeof runLangGraph>>} LangGraph */

/**
 * @param {string} folder Where it is installed.
 * @param {{ url: string, server: import("./_disturb.mjs").Server, kills: number, seed: number, onKills: (kills: number) => void }} options
 */
export async function runLangGraph(folder, { url, ...options }) {
  await makeTables(folder, url);
  const recorder = await startRecorder();
  const takeovers = new Takeovers();
  const host = new LangGraphHost(() => pool);
  const resolveDir = fileURLToPath(new URL(".", import.meta.url));
  const program = await bundleWorker("crash-langgraph-worker", {
    stdin: { contents: PROGRAM, resolveDir },
    nodePaths: [join(folder, "node_modules")],
  });
  const pool = new WorkerPool(
    program,
    { url, recorder: recorder.url },
    (_, it) => {
      if (it.kind === "progress") takeovers.progressed(it.runId);
      host.told(/** @type {any} */ (it));
    },
    (runIds) => host.gone(runIds),
    "ignore", // it warns of listeners, and its connections die aloud with the database
  );
  try {
    pool.start(WORKERS);
    await pool.untilReady();
    const calm = await runCalmly({ host });
    const disturbed = await runDisturbed({ ...options, host, pool, takeovers, freezeMs: FREEZE_MS });
    const log = await recorder.log();
    const ended = { calm: calm.runIds, runIds: disturbed.runIds, outputs: host.outputs, log };
    const verdict = judge({ ...ended, everFrozen: new Set() });
    return { calm, disturbed, log, verdict, calls: host.calls, deaths: pool.deaths };
  } finally {
    await pool.close();
    recorder.stop();
  }
}

/**
 * @param {string} folder
 * @param {string} url
 */
async function makeTables(folder, url) {
  const { PostgresSaver } = await openPeer(folder).load("@langchain/langgraph-checkpoint-postgres");
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  await new PostgresSaver(pool).setup();
  await pool.end();
}
