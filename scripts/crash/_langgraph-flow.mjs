/**
 * The flow of `graph.mjs` on LangGraph, as its guide to durable execution asks for it: what has an effect is a `task`, whose
 * result is kept; each superstep is written before the next begins (`durability: "sync"`). There is no durable sleep: the node waits.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { CLOSINGS, doTask, ITEMS, RESEARCHES, ROUNDS, SIDES, SLEEP_MS, WRITINGS } from "./_tasks.mjs";

/**
 * @typedef {import("./_tasks.mjs").Post} Post
 * @typedef {import("./_tasks.mjs").State} State
 * @typedef {import("./_tasks.mjs").Update} Update
 * @typedef {(runId: string, post: Post) => Promise<string>} DoOnce
 * @typedef {(task: Omit<Post, "draft">, state: Pick<State, "log">, config: any) => Promise<Update>} Work
 */

/**
 * @param {any} langGraph Its module.
 * @param {{ checkpointer: unknown, doOnce: DoOnce }} means
 */
export function createLangGraphFlow(langGraph, { checkpointer, doOnce }) {
  const { StateGraph, Annotation, START, END, Send, interrupt } = langGraph;
  const work = createWork(langGraph, doOnce);
  const kept = {
    log: Annotation({
      reducer: (/** @type {string[]} */ all, /** @type {string[]} */ more) => [...all, ...more],
      default: () => [],
    }),
    drafts: Annotation({
      reducer: (/** @type {object} */ all, /** @type {object} */ more) => ({ ...all, ...more }),
      default: () => ({}),
    }),
  };
  const graph = new StateGraph(Annotation.Root({ ...kept, variant: Annotation(), rounds: Annotation() }));
  const chain = chainOf(START);
  addEach(graph, work, [
    ...RESEARCHES,
    ...SIDES,
    "price",
    "plan",
    "pause",
    "ask",
    "reply",
    "allowed",
    ...CLOSINGS,
  ]);
  chain(graph, [START, ...RESEARCHES]);
  for (const side of SIDES) graph.addEdge("research12", side);
  graph.addEdge("offer", "price");
  graph.addEdge(["angle", "subject", "draft", "price"], "plan").addEdge("plan", "writing");

  const writing = new StateGraph(Annotation.Root(kept));
  addEach(writing, work, WRITINGS);
  chain(writing, [START, ...WRITINGS, END]);
  const inner = writing.compile();
  // As a node it would give the whole log back, and not what it appended.
  graph.addNode("writing", async (/** @type {State} */ { log }, /** @type {any} */ config) => {
    const written = await inner.invoke({ log, drafts: {} }, config);
    return { log: written.log.slice(log.length), drafts: written.drafts };
  });
  graph.addConditionalEdges(
    "writing",
    (/** @type {State} */ { log }) =>
      Array.from({ length: ITEMS }, (_, item) => new Send("mail", { item, log })),
    ["mail"],
  );
  graph.addNode("mail", (/** @type {any} */ sent, /** @type {any} */ config) =>
    work({ kind: "booking", node: "mail", item: sent.item }, sent, config),
  );
  // A wait is a node of its own, since a node that waits runs again from its beginning.
  graph.addNode("slept", () => sleep(SLEEP_MS).then(() => ({})));
  graph.addNode("asked", (/** @type {State} */ { variant }) => ({
    log: [`answer ${interrupt({ question: `Book ${variant}?` })}`],
  }));
  graph.addNode("replied", () => ({ log: [`reply ${interrupt({ waits: "for a reply" })}`] }));
  graph.addNode("approved", () => {
    interrupt({ question: "May it be done?" });
    return {};
  });
  chain(graph, ["mail", "pause", "slept", "ask", "asked", "reply", "replied", "approved", "allowed", "call"]);
  graph.addNode("call", async (/** @type {State} */ state, /** @type {any} */ config) => {
    const rounds = state.rounds ?? 0;
    return {
      ...(await work({ kind: "call", node: "call", item: rounds }, state, config)),
      rounds: rounds + 1,
    };
  });
  graph.addConditionalEdges(
    "call",
    (/** @type {State} */ { rounds }) => (rounds < ROUNDS ? "call" : "close1"),
    ["call", "close1"],
  );
  chain(graph, [...CLOSINGS, END]);
  return graph.compile({ checkpointer });
}

/**
 * @param {any} langGraph
 * @param {DoOnce} doOnce
 * @returns {Work}
 */
function createWork({ task }, doOnce) {
  const remembered = task("remembered", (/** @type {() => unknown} */ act) => act());
  return (asked, state, config) =>
    doTask(asked, state, {
      random: Math.random,
      step: (_, act) => remembered(act),
      doOnce: (post) => remembered(() => doOnce(config.configurable.thread_id, post)),
    });
}

/**
 * @param {any} graph
 * @param {Work} work
 * @param {readonly string[]} nodes
 */
function addEach(graph, work, nodes) {
  for (const node of nodes) {
    graph.addNode(node, (/** @type {State} */ state, /** @type {any} */ config) =>
      work({ kind: "booking", node, item: 0 }, state, config),
    );
  }
}

/** @param {string} start */
const chainOf =
  (start) =>
  /**
   * @param {any} graph
   * @param {readonly string[]} nodes
   */
  (graph, nodes) => {
    for (const [index, node] of nodes.slice(1).entries()) graph.addEdge(nodes[index] ?? start, node);
  };
