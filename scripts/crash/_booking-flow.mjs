/**
 * The flow of `graph.mjs` on our engine: fifty tasks with an effect each – one after another, side by side, in a sub-graph, mapped
 * over items, in a cycle, after a sleep, after an answer, after an event and after a person's leave.
 */
import { END, field, Send, START, StateGraph } from "@salesagent/core/graph";
import { SalesAgentError } from "@salesagent/ports";
import {
  CLOSINGS,
  doTask,
  ITEMS,
  RESEARCHES,
  ROUNDS,
  SIDES,
  SLEEP_MS,
  taskName,
  WRITINGS,
} from "./_tasks.mjs";

export const GRAPH = "booking";
/** How long a dead worker's run, and what it was doing to the outside, stay with it. */
export const LEASE_MS = 1_500;
/** The event that a run waits for once it has asked. */
export const REPLY = "reply";

/**
 * @typedef {import("./_tasks.mjs").Post} Post
 * @typedef {import("./_tasks.mjs").State} State
 * @typedef {import("@salesagent/core/graph").NodeContext} NodeContext
 * @typedef {{ runId: string, step: string, signal: AbortSignal }} Place
 * @typedef {(post: Post, place: Place) => Promise<string>} DoOnce
 * @typedef {(task: Omit<Post, "draft">, state: Pick<State, "log">, context: NodeContext) => Promise<import("./_tasks.mjs").Update>} Work
 */

/** @type {import("@salesagent/core/graph").NodeOptions<any>} */
const TASK_OPTIONS = {
  // An effect in a dead worker's hands comes free; what is unknown is looked up, and never done blindly.
  retry: { retries: 120, baseMs: 200, capMs: 500, retryUnsafe: true, retryable: isPassing },
};

const kept = () => ({
  log: field({
    default: () => /** @type {string[]} */ ([]),
    reduce: (/** @type {string[]} */ all, /** @type {string[]} */ more) => [...all, ...more],
  }),
  drafts: field({
    default: () => /** @type {Record<string, string>} */ ({}),
    reduce: (/** @type {object} */ all, /** @type {object} */ more) => ({ ...all, ...more }),
  }),
});

/**
 * @param {{ doOnce: DoOnce, random: () => number, checkpointer: import("@salesagent/core/graph").Checkpointer }} means
 */
export function createFlow({ checkpointer, ...means }) {
  const work = createWork(means);
  /** @type {StateGraph<any, any>} */
  const graph = new StateGraph({
    ...kept(),
    variant: field({ default: () => 0 }),
    rounds: field({ default: () => 0 }),
  });
  addTasks(graph, work);
  addWaits(graph, work);
  graph.addNode("writing", createWriting(work));
  for (const side of SIDES) graph.addEdge("research12", side);
  graph.addEdge("offer", "price");
  // The join holds what is there over a superstep in which one side has more to do.
  graph.addEdge(["angle", "subject", "draft", "price"], "plan").addEdge("plan", "writing");
  graph.addConditionalEdges("writing", toMails, ["mail"]);
  chain(graph, ["mail", "pause", "ask", "reply", "allowed", "call"]);
  graph.addConditionalEdges(
    "call",
    (/** @type {any} */ { rounds }) => (rounds < ROUNDS ? "call" : "close1"),
    ["call", "close1"],
  );
  return graph.compile({ name: GRAPH, checkpointer, recursionLimit: 100 });
}

/** @param {any} state */
function toMails({ variant, log }) {
  return Array.from({ length: ITEMS }, (_, item) => new Send("mail", { item, variant, log }));
}

/**
 * @param {{ doOnce: DoOnce, random: () => number }} means
 * @returns {Work}
 */
function createWork({ doOnce, random }) {
  return (task, state, context) => {
    const { runId, signal } = context;
    return doTask(task, state, {
      random,
      step: (name, act) => context.step(name, act),
      doOnce: (post) => inItsTurn(() => doOnce(post, { runId, step: taskName(task), signal }), context),
    });
  };
}

/**
 * Waits for a person's leave where one is needed. The event says nothing: the ledger's record decides.
 *
 * @param {() => Promise<string>} act
 * @param {NodeContext} context
 */
async function inItsTurn(act, context) {
  try {
    return await act();
  } catch (error) {
    if (!SalesAgentError.is(error, "approval.required")) throw error;
    await context.waitFor(approvalEvent(error.facts.approvalId));
    return act();
  }
}

const APPROVAL = "approval:";

/** @param {string} approvalId */
const approvalEvent = (approvalId) => `${APPROVAL}${approvalId}`;

/**
 * The approval that an event tells of.
 *
 * @param {string} event
 * @returns {string | undefined}
 */
export const approvalOf = (event) => (event.startsWith(APPROVAL) ? event.slice(APPROVAL.length) : undefined);

/**
 * Tasks one after another, side by side, and mapped over items.
 *
 * @param {StateGraph<any, any>} graph
 * @param {Work} work
 */
function addTasks(graph, work) {
  addEach(graph, work, [...RESEARCHES, ...SIDES, "price", "plan", ...CLOSINGS]);
  chain(graph, [START, ...RESEARCHES]);
  chain(graph, [...CLOSINGS, END]);
  graph.addNode(
    "mail",
    (/** @type {any} */ sent, context) =>
      work({ kind: "booking", node: "mail", item: sent.item }, sent, context),
    TASK_OPTIONS,
  );
}

/** @param {Work} work */
function createWriting(work) {
  /** @type {StateGraph<any, any>} */
  const writing = new StateGraph(kept());
  addEach(writing, work, WRITINGS);
  chain(writing, [START, ...WRITINGS, END]);
  return writing.compile({ name: "writing" });
}

/**
 * @param {StateGraph<any, any>} graph
 * @param {Work} work
 * @param {readonly string[]} nodes
 */
function addEach(graph, work, nodes) {
  for (const node of nodes) {
    graph.addNode(
      node,
      (state, context) => work({ kind: "booking", node, item: 0 }, state, context),
      TASK_OPTIONS,
    );
  }
}

/**
 * @param {StateGraph<any, any>} graph
 * @param {readonly string[]} nodes
 */
function chain(graph, nodes) {
  for (const [index, node] of nodes.slice(1).entries()) graph.addEdge(nodes[index] ?? START, node);
}

/**
 * Tasks that begin again after they waited, one that a person must allow, and one that is done in rounds.
 *
 * @param {StateGraph<any, any>} graph
 * @param {Work} work
 */
function addWaits(graph, work) {
  /**
   * @param {string} node
   * @param {(state: State, context: NodeContext) => Promise<object>} run
   */
  const add = (node, run) => void graph.addNode(node, run, TASK_OPTIONS);
  add("pause", async (state, context) => {
    const update = await work({ kind: "booking", node: "pause", item: 0 }, state, context);
    await context.sleep(SLEEP_MS);
    return update;
  });
  add("ask", async (state, context) => {
    const update = await work({ kind: "booking", node: "ask", item: 0 }, state, context);
    const answer = context.interrupt({ question: `Book ${state.variant}?` });
    return { ...update, log: [...update.log, `answer ${answer}`] };
  });
  add("reply", async (state, context) => {
    const update = await work({ kind: "booking", node: "reply", item: 0 }, state, context);
    const reply = await context.waitFor(REPLY);
    return { ...update, log: [...update.log, `reply ${reply}`] };
  });
  add("allowed", (state, context) => work({ kind: "offer", node: "allowed", item: 0 }, state, context));
  add("call", async (state, context) => {
    const update = await work({ kind: "call", node: "call", item: state.rounds }, state, context);
    return { ...update, rounds: state.rounds + 1 };
  });
}

/** @param {unknown} error */
function isPassing(error) {
  if (!SalesAgentError.is(error)) return false;
  return ["effect.in_progress", "effect.unknown", "store.unavailable", "call.timed_out"].includes(error.code);
}
