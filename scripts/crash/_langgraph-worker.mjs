/** A process that `graph.mjs` kills and freezes: runs what its host hands it, on LangGraph with its checkpoints in Postgres. */
import pg from "pg";
import { createLangGraphFlow } from "./_langgraph-flow.mjs";
import { recordedBy } from "./_outside.mjs";
import { effectName } from "./_tasks.mjs";

const RECURSION_LIMIT = 100;

/**
 * @typedef {{ url: string, recorder: string, worker: string }} Task
 * @typedef {{ runId: string, variant: number, how: "begin" | "again" } | { runId: string, how: "answer", answer: string }} Handed
 * @typedef {{ kind: "asks", runId: string } | { kind: "ended", runId: string, output: import("./_verdict.mjs").Output }
 *   | { kind: "failed", runId: string, message: string }} Told
 */

/** @param {Told | import("./_worker.mjs").Told} told */
function tell(told) {
  if (process.connected) process.send?.(told, undefined, {}, () => {});
}

/**
 * @param {any} langGraph Its module.
 * @param {any} PostgresSaver
 */
export function beginWork(langGraph, PostgresSaver) {
  process.once("message", (/** @type {Task} */ { url, recorder, worker }) => {
    const pool = new pg.Pool({ connectionString: url, max: 6 });
    pool.on("error", () => {}); // a connection that the crash of the database ends
    const { act } = recordedBy(recorder, worker);
    const graph = createLangGraphFlow(langGraph, {
      checkpointer: new PostgresSaver(pool),
      doOnce: async (runId, post) => {
        const said = await act({ effect: effectName(runId, post), draft: post.draft }, {});
        tell({ kind: "progress", runId });
        return said;
      },
    });
    process.on("message", (/** @type {Handed} */ handed) => void run(graph, langGraph, handed));
    tell({ kind: "ready" });
  });
  process.once("disconnect", () => process.exit());
}

/**
 * @param {any} graph
 * @param {any} langGraph
 * @param {Handed} handed
 */
async function run(graph, { Command }, handed) {
  const { runId } = handed;
  const config = {
    configurable: { thread_id: runId },
    recursionLimit: RECURSION_LIMIT,
    durability: "sync",
  };
  try {
    const output = await graph.invoke(await inputOf(graph, Command, handed, config), config);
    tell({ kind: "rested", runId });
    if (output.__interrupt__?.length > 0) tell({ kind: "asks", runId });
    else tell({ kind: "ended", runId, output });
  } catch (error) {
    tell({ kind: "rested", runId });
    tell({ kind: "failed", runId, message: String(error) });
  }
}

/**
 * What begins a run, or lets it go on: `null` is LangGraph's word for "from the last checkpoint".
 *
 * @param {any} graph
 * @param {any} Command
 * @param {Handed} handed
 * @param {object} config
 */
async function inputOf(graph, Command, handed, config) {
  if (handed.how === "answer") return new Command({ resume: handed.answer });
  if (handed.how === "begin") return { variant: handed.variant };
  const { createdAt } = await graph.getState(config);
  return createdAt === undefined ? { variant: handed.variant } : null;
}
