import { defineAgent } from "@salesagent/core/agent";
import { approvalEvent } from "@salesagent/core/effects";
import {
  END,
  type GraphStream,
  type RunScope,
  START,
  type StartOptions,
  StateGraph,
  type StreamOptions,
} from "@salesagent/core/graph";
import { createEscalations, type Escalation, type Escalations } from "@salesagent/core/handoff";
import { createMemory, type SessionMemory } from "@salesagent/core/memory";
import { createSortableIds, systemClock } from "@salesagent/ports";
import { compileOptions } from "../flow/flow-options.js";
import { answerSchema, type ModelAnswer } from "./cited-answer.js";
import { ClassifyAgent } from "./classify-agent.js";
import { replyEffect } from "./send-reply.js";
import {
  type AnswerTask,
  answer,
  askPerson,
  classify,
  handOver,
  listen,
  MESSAGE_EVENT,
  personAnswerSchema,
  reply,
  type ServiceMeans,
} from "./service-nodes.js";
import type { CustomerMessage, OpenCase, PersonAnswer, ServiceOptions } from "./service-options.js";
import { answerInstructions, answerPrompt } from "./service-prompts.js";
import {
  MAX_MESSAGE_CHARS,
  type ServiceGraph,
  type ServiceInput,
  type ServiceState,
  type ServiceUpdate,
  serviceState,
} from "./service-state.js";
import { resolveTopics } from "./service-topics.js";
import { addCustomerMessage, messageRunId } from "./thread-requests.js";

/** About two thousand messages of a customer. */
const RECURSION_LIMIT = 10_000;
const DAY_MS = 86_400_000;
const MAX_MESSAGE_ID_CHARS = 390;

/** Serves customers. */
export interface ServiceAgent {
  /** The graph of a case: `resume`, `getState`, `stop`, `toMermaid`. */
  readonly graph: ServiceGraph;
  readonly memory: SessionMemory;
  /** Questions that wait for a person: `list`, `get`, `decline`. */
  readonly escalations: Escalations;
  /**
   * Begins a case with a customer's message, told as it happens, until it waits. Give `tenant`. Nothing happens before it is read.
   *
   * @throws TypeError where there is a channel and no customer. Its reader: `graph.state_invalid` for what does not fit.
   */
  open(
    input: OpenCase,
    options: StartOptions & StreamOptions & { readonly tenant: string },
  ): GraphStream<ServiceState, ServiceUpdate>;
  /**
   * Adds a customer's message to a case; it goes on by itself where somebody works, else with `graph.resume`.
   *
   * @returns False when there is no such case, or it is over: begin another one with the message.
   * @throws RangeError for a text or an id that is empty or too long.
   */
  message(
    runId: string,
    message: CustomerMessage,
    scope: RunScope & { readonly tenant: string },
  ): Promise<boolean>;
  /**
   * Answers as a person: the customer is told, and the case goes on.
   *
   * @throws `approval.invalid` when the question is unknown, expired, or answered already; TypeError for what is no answer.
   */
  answer(escalationId: string, answer: PersonAnswer): Promise<Escalation>;
}

/**
 * Makes an agent that serves customers: it sorts what they write, answers by what the company knows and nothing else, hands over
 * to other agents, and asks a person by rules that no text changes. A case waits for days, for the customer or a person, without a
 * process; one that dies goes on without a second reply.
 *
 * @throws RangeError or TypeError naming the option.
 */
export function createServiceAgent(options: ServiceOptions): ServiceAgent {
  const means = serviceMeans(options);
  const { memory, escalations, clock } = means;
  const { createId: newId = createSortableIds(clock) } = options;
  const graph = serviceGraph(means).compile(compileOptions("service", RECURSION_LIMIT, options));
  return {
    ...{ graph, memory, escalations },
    open: ({ threadId, text, messageId, customer, leadId }, start) => {
      if (means.channel && !customer) {
        throw new TypeError("open.customer must be given: the channel needs to know whom replies go to");
      }
      const input: ServiceInput = {
        ...{ threadId, text, customer, leadId },
        messageRunId: messageId === undefined ? undefined : messageRunId(messageId),
      };
      return graph.stream(input, { threadId, ...start });
    },
    async message(runId, { text, messageId }, { tenant, signal }) {
      if (text.trim() === "" || text.length > MAX_MESSAGE_CHARS) {
        throw new RangeError(`message.text must have 1–${MAX_MESSAGE_CHARS} characters, got ${text.length}`);
      }
      if (messageId === "" || (messageId?.length ?? 0) > MAX_MESSAGE_ID_CHARS) {
        throw new RangeError(`message.messageId must have 1–${MAX_MESSAGE_ID_CHARS} characters`);
      }
      const run = await graph.getState(runId, { tenant, signal });
      if (!run || OVER.has(run.status)) return false;
      const { threadId } = run.state;
      const id = messageRunId(messageId ?? newId());
      await addCustomerMessage({ memory, tenant, threadId, signal }, text, id);
      return graph.deliver(runId, MESSAGE_EVENT, {}, { tenant, signal });
    },
    async answer(id, { tenant, by, signal, ...given }) {
      const checked = personAnswerSchema.safeParse(given);
      if (!checked.success) throw new TypeError("answer must have a `text`", { cause: checked.error });
      const { text, seen } = checked.data;
      try {
        return await escalations.answer(id, {
          tenant,
          by,
          signal,
          answer: seen === undefined ? { text } : { text, seen },
        });
      } finally {
        // Also when it was answered before: whoever did may have died before the run was woken.
        const runId = (await escalations.get(id, { tenant, signal }))?.runId;
        if (runId !== undefined) await graph.deliver(runId, approvalEvent(id), {}, { tenant, signal });
      }
    },
  };
}

const OVER: ReadonlySet<string> = new Set(["completed", "cancelled", "failed"]);

function serviceMeans(options: ServiceOptions): ServiceMeans {
  const { model, classifyModel = model, storage, events, telemetry, timeouts, spendCap, budgets } = options;
  const { clock = systemClock, createId, knowledge, channel, effects, instructions = "" } = options;
  const { minConfidence = 0.6, maxUnhelped = 2, maxPassages = 6, idleMs = 3 * DAY_MS } = options;
  checkNumbers({ maxUnhelped, maxPassages, idleMs });
  if (!(minConfidence >= 0 && minConfidence <= 1)) {
    throw new RangeError(
      `createServiceAgent.minConfidence must be a number from 0 to 1, got ${minConfidence}`,
    );
  }
  if (channel && !effects)
    throw new TypeError("createServiceAgent.channel needs `effects`, the ledger that it sends through");
  const topics = resolveTopics(options.topics);
  const memory = options.memory ?? createMemory({ storage, clock, createId });
  const shared = { storage, events, telemetry, timeouts, spendCap, budgets, clock, createId };
  return {
    ...{ memory, storage, clock, knowledge, topics, minConfidence, maxUnhelped, maxPassages, idleMs },
    ...{ escalateTo: options.escalateTo, escalationMs: options.escalationMs },
    escalations: options.escalations ?? createEscalations({ storage, events, clock, createId }),
    waitingText: options.waitingText ?? "I've passed this on to a colleague, who will answer here.",
    unansweredText: options.unansweredText ?? "I'm sorry, nobody could answer this yet. Please write again.",
    channel: channel && effects && { effects, send: replyEffect(channel) },
    classifyAgent: new ClassifyAgent({ ...shared, model: classifyModel, memory, topics }),
    answerAgent: defineAgent<AnswerTask, ModelAnswer>({
      ...{ ...shared, name: "service-answer", task: "service-answer", model },
      instructions: answerInstructions(instructions),
      prompt: ({ question, passages }) => answerPrompt(question, passages),
      output: answerSchema,
    }),
  };
}

function checkNumbers(numbers: Readonly<Record<string, number>>): void {
  for (const [option, value] of Object.entries(numbers)) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new RangeError(`createServiceAgent.${option} must be a whole number ≥ 1, got ${value}`);
  }
}

/** Services stumble; what may have happened is the ledger's business. */
const RETRY = { retry: { retries: 3 } } as const;

function serviceGraph(means: ServiceMeans) {
  const toReply = ({ escalation }: ServiceState) => (escalation ? "a person is needed" : "answered");
  const answered = { answered: "reply", "a person is needed": "person" } as const;
  return new StateGraph(serviceState)
    .addNode("listen", listen(means), RETRY)
    .addNode("classify", classify(means), RETRY)
    .addNode("answer", answer(means), RETRY)
    .addNode("hand-over", handOver(means))
    .addNode("person", askPerson(means), RETRY)
    .addNode("reply", reply(means), RETRY)
    .addEdge(START, "listen")
    .addConditionalEdges("listen", ({ outcome }) => (outcome ? "nobody wrote" : "heard"), {
      heard: "classify",
      "nobody wrote": END,
    })
    .addConditionalEdges("classify", (state) => routeOf(means, state), {
      knowledge: "answer",
      "another agent": "hand-over",
      "a person is needed": "person",
    })
    .addConditionalEdges("answer", toReply, answered)
    .addConditionalEdges("hand-over", toReply, answered)
    .addEdge("person", "reply")
    .addEdge("reply", "listen");
}

function routeOf({ topics }: ServiceMeans, { escalation, classification }: ServiceState) {
  if (escalation) return "a person is needed";
  const target = classification && topics.get(classification.topic)?.to;
  return typeof target === "object" ? "another agent" : "knowledge";
}
