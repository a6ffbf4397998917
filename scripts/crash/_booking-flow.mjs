/**
 * The flow that `graph.mjs` disturbs: fifty tasks with an effect each – one after another, side by side, mapped over items, in a
 * cycle, after a sleep and after an answer. Its `log` follows from its input alone; its `drafts` are drawn by chance and
 * remembered, so that a draft which was drawn again shows.
 */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { END, field, Send, START, StateGraph } from "@salesagent/core/graph";
import { SalesAgentError } from "@salesagent/ports";

export const GRAPH = "booking";
export const TASKS = 50;
/** How long a dead worker's run, and what it was doing to the outside, stay with it. */
export const LEASE_MS = 1_500;

const ITEMS = 8;
const ROUNDS = 4;
const SLEEP_MS = 200;
const LONGEST_WORK_MS = 10;

/**
 * @typedef {{ node: string, item: number, draft: string }} Post
 * @typedef {{ runId: string, superstep: number, signal: AbortSignal }} Place
 * @typedef {(post: Post, place: Place) => Promise<string>} DoOnce Does an effect, and gives what the outside said.
 * @typedef {{ variant: number, log: string[], drafts: Record<string, string>, rounds: number }} State
 * @typedef {import("@salesagent/core/graph").NodeContext} NodeContext
 */

/**
 * What a task is to the outside, whatever the ledger calls it.
 *
 * @param {string} runId
 * @param {string} task
 */
export const effectName = (runId, task) => `${runId}:${task}`;

/**
 * @param {Pick<Post, "node" | "item">} post
 */
export const taskName = ({ node, item }) => `${node}#${item}`;

/** @param {string} text */
const digest = (text) => createHash("sha256").update(text).digest("base64url").slice(0, 12);

/** @type {import("@salesagent/core/graph").NodeOptions<any>} */
const TASK_OPTIONS = {
  // An effect in a dead worker's hands comes free; what is unknown is looked up, and never done blindly.
  retry: { retries: 60, baseMs: 200, capMs: 500, retryUnsafe: true, retryable: isPassing },
};

const SHAPE = {
  variant: field({ default: () => 0 }),
  log: field({ default: () => /** @type {string[]} */ ([]), reduce: (all, more) => [...all, ...more] }),
  drafts: field({
    default: () => /** @type {Record<string, string>} */ ({}),
    reduce: (all, more) => ({ ...all, ...more }),
  }),
  rounds: field({ default: () => 0 }),
};

/**
 * @param {{ doOnce: DoOnce, random: () => number, checkpointer: import("@salesagent/core/graph").Checkpointer }} means
 */
export function createFlow({ checkpointer, ...means }) {
  const work = createWork(means);
  /** @type {StateGraph<any, any>} */
  const graph = new StateGraph(SHAPE);
  addTasks(graph, work);
  addWaits(graph, work);
  graph.addEdge(START, "research1");
  graph.addEdge("offer", "price");
  // The join holds what is there over a superstep in which one side has more to do.
  graph.addEdge(["angle", "subject", "draft", "price"], "plan");
  graph.addEdge("plan", "write1");
  graph.addConditionalEdges("write8", toMails, ["mail"]);
  graph.addEdge("mail", "pause").addEdge("pause", "ask").addEdge("ask", "call");
  graph.addConditionalEdges(
    "call",
    (/** @type {any} */ { rounds }) => (rounds < ROUNDS ? "call" : "close1"),
    ["call", "close1"],
  );
  graph.addEdge("close10", END);
  return graph.compile({ name: GRAPH, checkpointer, recursionLimit: 100 });
}

/** @param {any} state */
function toMails({ variant, log }) {
  return Array.from({ length: ITEMS }, (_, item) => new Send("mail", { item, variant, log }));
}

/**
 * One task: a step whose outcome is left to chance, an effect made from it, a step that is made from the effect.
 *
 * @param {{ doOnce: DoOnce, random: () => number }} means
 */
function createWork({ doOnce, random }) {
  /**
   * @param {string} node
   * @param {number} item
   * @param {Pick<State, "log">} state
   * @param {NodeContext} context
   */
  return async (node, item, { log }, context) => {
    const task = taskName({ node, item });
    const draft = await context.step("draft", async () => {
      await sleep(random() * LONGEST_WORK_MS);
      return random().toString(36).slice(2);
    });
    const { runId, superstep, signal } = context;
    const said = await doOnce({ node, item, draft }, { runId, superstep, signal });
    const note = await context.step("note", () => digest(`${said} ${log.length}`));
    return { log: [`${task} ${note}`], drafts: { [task]: draft } };
  };
}

/**
 * Tasks one after another, side by side, and mapped over items.
 *
 * @param {StateGraph<any, any>} graph
 * @param {ReturnType<typeof createWork>} work
 */
function addTasks(graph, work) {
  /** @param {string} name */
  const add = (name) =>
    void graph.addNode(name, (state, context) => work(name, 0, state, context), TASK_OPTIONS);
  for (const [prefix, count] of /** @type {const} */ ([
    ["research", 12],
    ["write", 8],
    ["close", 10],
  ])) {
    for (let number = 1; number <= count; number++) {
      add(`${prefix}${number}`);
      if (number > 1) graph.addEdge(`${prefix}${number - 1}`, `${prefix}${number}`);
    }
  }
  for (const side of ["angle", "subject", "draft", "offer"]) {
    add(side);
    graph.addEdge("research12", side);
  }
  add("price");
  add("plan");
  graph.addNode(
    "mail",
    (/** @type {any} */ sent, context) => work("mail", sent.item, sent, context),
    TASK_OPTIONS,
  );
}

/**
 * Tasks that begin again after they waited, and one that is done in rounds.
 *
 * @param {StateGraph<any, any>} graph
 * @param {ReturnType<typeof createWork>} work
 */
function addWaits(graph, work) {
  /**
   * @param {string} name
   * @param {(state: State, context: NodeContext) => Promise<object>} run
   */
  const add = (name, run) => void graph.addNode(name, run, TASK_OPTIONS);
  add("pause", async (state, context) => {
    const update = await work("pause", 0, state, context);
    await context.sleep(SLEEP_MS);
    return update;
  });
  add("ask", async (state, context) => {
    const update = await work("ask", 0, state, context);
    const answer = context.interrupt({ question: `Book ${state.variant}?` });
    return { ...update, log: [...update.log, `answer ${answer}`] };
  });
  add("call", async (state, context) => {
    const update = await work("call", state.rounds, state, context);
    return { ...update, rounds: state.rounds + 1 };
  });
}

/**
 * The answer to the question of a run.
 *
 * @param {number} variant
 */
export const answerFor = (variant) => `yes, ${variant}`;

/** @param {unknown} error */
function isPassing(error) {
  if (!SalesAgentError.is(error)) return false;
  return ["effect.in_progress", "effect.unknown", "store.unavailable", "call.timed_out"].includes(error.code);
}
