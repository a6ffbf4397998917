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
 * @typedef {{ node: string, item: number, variant: number, log: string[], draft: string }} Post
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

/**
 * @param {{ doOnce: DoOnce, random: () => number, checkpointer: import("@salesagent/core/graph").Checkpointer }} means
 */
export function createFlow({ doOnce, random, checkpointer }) {
  /**
   * One task: a step whose outcome is left to chance, an effect made from it, a step that is made from the effect.
   *
   * @param {string} node
   * @param {number} item
   * @param {Pick<State, "variant" | "log">} state
   * @param {NodeContext} context
   */
  const work = async (node, item, { variant, log }, context) => {
    const task = taskName({ node, item });
    const draft = await context.step("draft", async () => {
      await sleep(random() * LONGEST_WORK_MS);
      return random().toString(36).slice(2);
    });
    const { runId, superstep, signal } = context;
    const said = await doOnce({ node, item, variant, log, draft }, { runId, superstep, signal });
    const note = await context.step("note", () => digest(`${said} ${log.length}`));
    return { log: [`${task} ${note}`], drafts: { [task]: draft } };
  };

  /** @type {import("@salesagent/core/graph").NodeOptions<any>} */
  const options = {
    // An effect in a dead worker's hands comes free; what is unknown is looked up, and never done blindly.
    retry: { retries: 60, baseMs: 200, capMs: 500, retryUnsafe: true, retryable: isPassing },
  };
  /** @type {StateGraph<any, any>} */
  const graph = new StateGraph({
    variant: field({ default: () => 0 }),
    log: field({ default: () => /** @type {string[]} */ ([]), reduce: (all, more) => [...all, ...more] }),
    drafts: field({
      default: () => /** @type {Record<string, string>} */ ({}),
      reduce: (all, more) => ({ ...all, ...more }),
    }),
    rounds: field({ default: () => 0 }),
  });
  /** @param {string} name */
  const addTask = (name) =>
    void graph.addNode(name, (state, context) => work(name, 0, state, context), options);
  /**
   * Tasks one after another.
   *
   * @param {string} prefix
   * @param {number} count
   */
  const addChain = (prefix, count) => {
    const names = Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
    names.forEach((name, index) => {
      addTask(name);
      const before = names[index - 1];
      if (before !== undefined) graph.addEdge(before, name);
    });
  };

  addChain("research", 12);
  const sides = ["angle", "subject", "draft", "offer"];
  for (const side of sides) {
    addTask(side);
    graph.addEdge("research12", side);
  }
  addTask("price");
  addTask("plan");
  // The join holds what is there over a superstep in which one side has more to do.
  graph.addEdge("offer", "price").addEdge(["angle", "subject", "draft", "price"], "plan");
  graph.addEdge(START, "research1");
  addChain("write", 8);
  graph.addEdge("plan", "write1");
  graph.addConditionalEdges(
    "write8",
    (/** @type {any} */ state) =>
      Array.from(
        { length: ITEMS },
        (_, item) => new Send("mail", { item, variant: state.variant, log: state.log }),
      ),
    ["mail"],
  );
  graph.addNode(
    "mail",
    (/** @type {any} */ sent, context) => work("mail", sent.item, sent, context),
    options,
  );
  graph.addEdge("mail", "pause");
  graph.addNode(
    "pause",
    async (/** @type {State} */ state, context) => {
      const update = await work("pause", 0, state, context);
      await context.sleep(SLEEP_MS);
      return update;
    },
    options,
  );
  graph.addEdge("pause", "ask");
  graph.addNode(
    "ask",
    async (/** @type {State} */ state, context) => {
      const update = await work("ask", 0, state, context);
      const answer = context.interrupt({ question: `Book ${state.variant}?` });
      return { ...update, log: [...update.log, `answer ${answer}`] };
    },
    options,
  );
  graph.addEdge("ask", "call");
  graph.addNode(
    "call",
    async (/** @type {State} */ state, context) => {
      const update = await work("call", state.rounds, state, context);
      return { ...update, rounds: state.rounds + 1 };
    },
    options,
  );
  graph.addConditionalEdges(
    "call",
    (/** @type {any} */ { rounds }) => (rounds < ROUNDS ? "call" : "close1"),
    ["call", "close1"],
  );
  addChain("close", 10);
  graph.addEdge("close10", END);
  return graph.compile({ name: GRAPH, checkpointer, recursionLimit: 100 });
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
