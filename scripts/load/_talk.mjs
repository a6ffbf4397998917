/** Agents that tell much, and what a reader has to make of it. They run under load and under kills. */
import { setTimeout as sleep } from "node:timers/promises";
import { BaseAgent, defineAgent, defineTool } from "@salesagent/core";
import { scriptedModel } from "@salesagent/core/scripted-model";
import { z } from "zod";

/** @typedef {import("@salesagent/ports").StoredStreamEvent} Told */

/**
 * Counts aloud, at a pace: each number is an event.
 *
 * @extends {BaseAgent<{ events: number, paceMs: number }, { counted: number }, { type: "said", n: number }>}
 */
export class CountingAgent extends BaseAgent {
  name = "counting";

  /**
   * @override
   * @param {{ events: number, paceMs: number }} input
   * @param {import("@salesagent/core").RunContext} context
   * @returns {AsyncGenerator<{ type: "said", n: number }, { counted: number }, void>}
   */
  async *processTask({ events, paceMs }, { signal }) {
    for (let n = 1; n <= events; n++) {
      if (paceMs > 0) await sleep(paceMs, undefined, { signal });
      yield { type: "said", n };
    }
    return { counted: events };
  }
}

const WORDS = ["So ", "we ", "go ", "on."];

/** @param {number} step */
const textOf = (step) => `${step}: ${WORDS.join("")}`;

/**
 * Answers step by step, and looks something up in between; what it has done is remembered, so that whoever takes it over goes on.
 *
 * @param {{ storage: import("@salesagent/ports").Storage, steps: number, paceMs: number }} options
 */
export function steppingAgent({ storage, steps, paceMs }) {
  const pause = defineTool({
    name: "pause",
    description: "Looks something up, and takes its time.",
    input: z.object({ step: z.number() }),
    effect: "read",
    async run({ step }, { signal }) {
      await sleep(paceMs, undefined, { signal });
      return { step };
    },
  });
  const model = scriptedModel(({ messages }) => {
    const step = messages.filter(({ role }) => role === "assistant").length;
    const text = [`${step}: `, ...WORDS];
    if (step >= steps) return { text };
    return { text, toolCalls: [{ name: "pause", callId: `pause-${step}`, input: { step } }] };
  });
  const limits = { maxSteps: steps + 2 };
  return defineAgent({ name: "stepping", instructions: "Go on.", ...limits, model, storage, tools: [pause] });
}

/**
 * What is wrong with what a reader got of a run of `stepping`.
 *
 * @param {readonly Told[]} events
 * @param {number} steps
 * @returns {string[]}
 */
export function faultsOfSteps(events, steps) {
  const faults = faultsOfOrder(events);
  /** @type {Map<number, string>} */
  const texts = new Map();
  const found = new Set();
  let at = 0;
  for (const { type, data } of events) {
    const { index, text, callId } = /** @type {Record<string, any>} */ (data);
    if (type === "step-started") {
      at = index;
      texts.set(at, "");
    }
    if (type === "text-delta") texts.set(at, `${texts.get(at)}${text}`);
    if (type === "tool-finished") found.add(callId);
  }
  const told = [...texts].sort(([one], [other]) => one - other).map(([, text]) => text);
  const wanted = Array.from({ length: steps + 1 }, (_, step) => textOf(step));
  if (told.join("|") !== wanted.join("|")) faults.push(`the text differs: ${told.join("|").slice(0, 200)}`);
  if (found.size !== steps) faults.push(`${found.size} of ${steps} lookups are told`);
  const ends = events.filter(({ type }) => type === "run-completed").length;
  if (ends !== 1) faults.push(`${ends} ends are told`);
  return faults;
}

/**
 * What is wrong with what a reader got of a run of `counting`.
 *
 * @param {readonly Told[]} events
 * @param {number} count
 * @returns {string[]}
 */
export function faultsOfCount(events, count) {
  const faults = faultsOfOrder(events);
  // A run that went on in another process counts anew.
  const begun = events.findLastIndex(({ type }) => type === "run-resumed") + 1;
  const numbers = events
    .slice(begun)
    .flatMap(({ type, data }) => (type === "said" ? [/** @type {{ n: number }} */ (data).n] : []));
  if (numbers.length !== count || numbers.some((n, index) => n !== index + 1)) {
    faults.push(`${numbers.length} of ${count} numbers, or not in order`);
  }
  if (events.at(-1)?.type !== "run-completed") faults.push(`it ends with ${events.at(-1)?.type}`);
  return faults;
}

/** @param {readonly Told[]} events */
function faultsOfOrder(events) {
  const wrong = events.findIndex(({ seq }, index) => seq !== index + 1);
  return wrong < 0 ? [] : [`event ${events[wrong]?.seq} comes after ${events[wrong - 1]?.seq ?? 0}`];
}
