/** The fifty tasks of the flow that `graph.mjs` disturbs, as every engine under test does them, and what the outside is asked. */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

export const TASKS = 50;
export const ITEMS = 8;
export const ROUNDS = 4;
export const SLEEP_MS = 200;
export const RESEARCHES = numbered("research", 12);
export const SIDES = ["angle", "subject", "draft", "offer"];
/** Done in a graph of their own, as one node of the other. */
export const WRITINGS = numbered("write", 8);
export const CLOSINGS = numbered("close", 8);

const LONGEST_WORK_MS = 10;

/**
 * How the outside can be asked afterwards: `booking` answers, though now and then not at once; a `call` nobody can look up but a
 * person; an `offer` needs a person's leave.
 *
 * @typedef {"booking" | "call" | "offer"} Kind
 * @typedef {{ kind: Kind, node: string, item: number, draft: string }} Post
 * @typedef {{ variant: number, log: string[], drafts: Record<string, string>, rounds: number }} State
 * @typedef {{ log: string[], drafts: Record<string, string> }} Update
 * @typedef {object} Means What an engine gives a task.
 * @property {() => number} random
 * @property {<T>(name: string, work: () => T | Promise<T>) => Promise<T>} step Remembers.
 * @property {(post: Post) => Promise<string>} doOnce Does an effect, and gives what the outside said.
 */

/**
 * One task: a step whose outcome is left to chance, an effect made from it, a step that is made from the effect. What it logs
 * follows from the run's input alone.
 *
 * @param {Omit<Post, "draft">} task
 * @param {Pick<State, "log">} state
 * @param {Means} means
 * @returns {Promise<Update>}
 */
export async function doTask(task, { log }, { random, step, doOnce }) {
  const name = taskName(task);
  const draft = await step("draft", async () => {
    await sleep(random() * LONGEST_WORK_MS);
    return random().toString(36).slice(2);
  });
  const said = await doOnce({ ...task, draft });
  const note = await step("note", () => digest(`${said} ${log.length}`));
  return { log: [`${name} ${note}`], drafts: { [name]: draft } };
}

/**
 * What a task is to the outside, whatever an engine calls it.
 *
 * @param {string} runId
 * @param {Pick<Post, "node" | "item">} task
 */
export const effectName = (runId, task) => `${runId}:${taskName(task)}`;

/** @param {Pick<Post, "node" | "item">} task */
export const taskName = ({ node, item }) => `${node}#${item}`;

/** @param {number} variant */
export const answerFor = (variant) => `yes, ${variant}`;

/** Runs of one variant must end alike. */
export const VARIANTS = 4;

/** @param {number} number @param {number} variant */
export const runName = (number, variant) => `run-${String(number).padStart(5, "0")}-${variant}`;

/** @param {string} runId */
export const variantOf = (runId) => Number(runId.slice(runId.lastIndexOf("-") + 1));

/**
 * @param {string} name
 * @param {number} count
 */
function numbered(name, count) {
  return Array.from({ length: count }, (_, index) => `${name}${index + 1}`);
}

/** @param {string} text */
const digest = (text) => createHash("sha256").update(text).digest("base64url").slice(0, 12);
