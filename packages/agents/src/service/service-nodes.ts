import { type Agent, agentStep } from "@salesagent/core/agent";
import type { NodeContext } from "@salesagent/core/graph";
import { type EscalationOutcome, type Escalations, escalate } from "@salesagent/core/handoff";
import type { JsonValue, Storage } from "@salesagent/ports";
import { z } from "zod";
import { tenantOf } from "../flow/tenant-of.js";
import type { KnowledgeSearch, Passage } from "../ports/knowledge-search.js";
import { degradationFor } from "../qualification/degradation.js";
import { citedAnswer, type ModelAnswer } from "./cited-answer.js";
import type { ClassifyAgent } from "./classify-agent.js";
import { type ReplyMeans, sendReply } from "./send-reply.js";
import type {
  Classification,
  CustomerRequest,
  EscalationReason,
  ServiceState,
  ServiceUpdate,
} from "./service-state.js";
import { replyOf, type ServiceTopic } from "./service-topics.js";
import {
  addCustomerMessage,
  lastIndexOf,
  messageRunId,
  nextRequest,
  openingRequest,
  type ThreadOfCase,
} from "./thread-requests.js";

/** What a model answers by. */
export interface AnswerTask {
  readonly question: string;
  readonly passages: readonly Passage[];
}

/** What the nodes work with. */
export interface ServiceMeans extends ReplyMeans {
  readonly storage: Storage;
  readonly knowledge: KnowledgeSearch | undefined;
  readonly maxPassages: number;
  readonly topics: ReadonlyMap<string, ServiceTopic>;
  readonly classifyAgent: ClassifyAgent;
  readonly answerAgent: Agent<AnswerTask, ModelAnswer>;
  readonly escalations: Escalations;
  readonly escalateTo: string | undefined;
  readonly escalationMs: number | undefined;
  readonly minConfidence: number;
  readonly maxUnhelped: number;
  readonly idleMs: number;
  readonly waitingText: string;
  readonly unansweredText: string;
}

type ServiceNode = (means: ServiceMeans) => (state: ServiceState, ctx: NodeContext) => Promise<ServiceUpdate>;

/** Wakes a case: there is something new in its thread. The thread, and not the event, says what. */
export const MESSAGE_EVENT = "message";

/** The customer's next message, which may come days later. */
export const listen: ServiceNode = (means) => async (state, ctx) => {
  const thread = threadOf(means, state, ctx);
  if (state.handled < 0) {
    const openId = state.messageRunId ?? messageRunId(`${ctx.runId}/open`);
    await addCustomerMessage(thread, state.text, openId);
    return heard(await ctx.step("open", () => openingRequest(thread, openId, state.text)));
  }
  for (let look = 0; ; look++) {
    const request = await ctx.step(`look-${look}`, () => nextRequest(thread, state.handled));
    if (request) return heard(request);
    const woken = await ctx.waitFor(MESSAGE_EVENT, { timeoutMs: means.idleMs });
    if (woken === undefined) return { outcome: "idle" };
  }
};

const heard = (request: CustomerRequest): ServiceUpdate => ({ request, handled: request.upTo });

const threadOf = (
  { storage, memory }: ServiceMeans,
  { threadId }: ServiceState,
  ctx: NodeContext,
): ThreadOfCase => ({
  ...{ storage, memory, threadId, tenant: tenantOf(ctx) },
  signal: ctx.signal,
});

/** What it is about; and whether a person is needed, by rules that no text changes. */
export const classify: ServiceNode = (means) => async (state, ctx) => {
  const { threadId, leadId } = state;
  const { text } = requestOf(state);
  const run = { threadId, leadId };
  const found = await unlessFailed(ctx, () =>
    agentStep(ctx, means.classifyAgent, { threadId, text }, { run }),
  );
  if (!found) return { escalation: "failed" };
  const isUnhelped = found.before === "not-helped" && state.reply !== undefined;
  const unhelped = isUnhelped ? state.unhelped + 1 : 0;
  const escalation = reasonFor(means, found, unhelped);
  const { topic, confidence } = found;
  ctx.emit({ type: "classified", topic, confidence, escalation });
  return { classification: found, unhelped, escalation };
};

/** A person goes on where an agent can't; its run is on record with what failed. @returns Nothing where it failed. */
async function unlessFailed<T>(ctx: NodeContext, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const code = ctx.signal.aborted ? undefined : failureOf(error);
    if (code === undefined) throw error;
    ctx.emit({ type: "failed", code });
    return undefined;
  }
}

/** @returns Nothing for slips in the host's code, and where a store is away: no person could be asked then. */
function failureOf(error: unknown): string | undefined {
  const { code } = degradationFor(error, { provider: "agent", modelId: "unknown" }) ?? {};
  return code?.startsWith("store.") ? undefined : code;
}

function reasonFor(
  { topics, maxUnhelped, minConfidence }: ServiceMeans,
  { topic, confidence, wantsPerson }: Classification,
  unhelped: number,
): EscalationReason | null {
  if (wantsPerson) return "asked";
  if (topics.get(topic)?.to === "person") return "topic";
  if (unhelped >= maxUnhelped) return "unhelped";
  return confidence < minConfidence ? "unsure" : null;
}

/** What the company knows, or nothing at all. */
export const answer: ServiceNode =
  ({ knowledge, maxPassages, answerAgent }) =>
  async (state, ctx) => {
    const { threadId, leadId } = state;
    const { question } = classificationOf(state);
    const call = { tenant: tenantOf(ctx), signal: ctx.signal };
    const passages = await ctx.step("search", async () => {
      const found = (await knowledge?.search({ text: question, maxPassages }, call)) ?? [];
      return found.slice(0, maxPassages).map(({ id, text, title, url }) => ({ id, text, title, url }));
    });
    if (passages.length === 0) return { escalation: "no-knowledge" };
    const run = { threadId, leadId };
    const given = await unlessFailed(ctx, () => agentStep(ctx, answerAgent, { question, passages }, { run }));
    if (!given) return { escalation: "failed" };
    const cited = citedAnswer(given, passages, requestOf(state).text);
    if ("problem" in cited) return { escalation: cited.problem };
    return { draft: { ...cited, by: "service" } };
  };

/** What another agent makes of it. */
export const handOver: ServiceNode =
  ({ topics }) =>
  async (state, ctx) => {
    const { threadId, customer, leadId } = state;
    const { topic, question } = classificationOf(state);
    const target = topics.get(topic)?.to;
    if (typeof target !== "object") throw new TypeError(`the topic "${topic}" is handed to nobody`);
    const { text } = requestOf(state);
    ctx.emit({ type: "handed-over", topic, to: target.name });
    const request = { tenant: tenantOf(ctx), threadId, topic, text, question, customer, leadId };
    const reply = (await unlessFailed(ctx, () => target.handle(request, ctx)))?.trim();
    return reply ? { draft: replyOf(reply, target.name) } : { escalation: "handover-failed" };
  };

/** What a person says, which may take days. The customer is told that one was asked. */
export const askPerson: ServiceNode = (means) => async (state, ctx) => {
  const { escalations, escalateTo, escalationMs, waitingText, unansweredText } = means;
  const { escalation } = state;
  const reason = escalation ?? "asked";
  if (waitingText !== "") await sendReply(means, state, ctx, replyOf(waitingText, "service"), "waiting");
  ctx.emit({ type: "escalated", reason });
  const outcome = await escalate(ctx, {
    ...{ through: escalations, agent: "service", to: escalateTo, timeoutMs: escalationMs },
    reason: REASONS[reason],
    summary: summaryOf(state),
  });
  const answered = answeredBy(outcome);
  if (!answered) return { draft: replyOf(unansweredText, "service"), unhelped: 0 };
  const { text, seen = state.handled, by } = answered;
  // Nobody has read what was not written yet: what the customer writes next is heard.
  const lastIndex = await ctx.step("last", () => lastIndexOf(threadOf(means, state, ctx)));
  const handled = Math.max(Math.min(seen, lastIndex), state.handled);
  return { draft: replyOf(text, by), unhelped: 0, handled };
};

const REASONS: Readonly<Record<EscalationReason, string>> = {
  asked: "The customer asks for a person.",
  topic: "The topic is for a person.",
  unsure: "It is not sure what the request is about.",
  unhelped: "The customer was not helped by the answers so far.",
  "no-knowledge": "Nothing that is known answers the request.",
  unsupported: "The answer said more than the passages do, and was not sent.",
  failed: "The agent could not work on the request.",
  "handover-failed": "The agent that the request was handed to could not deal with it.",
};

const MAX_SUMMARY_CHARS = 4_000;

function summaryOf(state: ServiceState): string {
  const { classification, escalation } = state;
  // What is on record of an earlier request says nothing of one that could not be sorted.
  const about =
    classification && escalation !== "failed"
      ? [`Topic: ${classification.topic}`, `Question: ${classification.question}`]
      : [];
  return [...about, `The customer wrote:\n${requestOf(state).text}`].join("\n").slice(0, MAX_SUMMARY_CHARS);
}

/** What a person answers: the text for the customer, and up to which message of the thread they have read. */
export const personAnswerSchema = z.object({
  text: z.string().trim().min(1).max(50_000),
  seen: z.int().min(0).optional(),
});

function answeredBy(
  outcome: EscalationOutcome,
): { readonly text: string; readonly seen?: number | undefined; readonly by: string } | undefined {
  if (outcome.status !== "answered") return undefined;
  const given: JsonValue = typeof outcome.answer === "string" ? { text: outcome.answer } : outcome.answer;
  const read = personAnswerSchema.safeParse(given);
  return read.success ? { ...read.data, by: outcome.by } : undefined;
}

/** Tells the customer, once. */
export const reply: ServiceNode = (means) => async (state, ctx) => {
  const { draft } = state;
  if (!draft) throw new TypeError("there is nothing to reply with");
  await sendReply(means, state, ctx, draft, "reply");
  return { reply: draft, draft: null, escalation: null };
};

function requestOf({ request }: ServiceState): CustomerRequest {
  if (request) return request;
  throw new TypeError("the case has no request");
}

function classificationOf({ classification }: ServiceState): Classification {
  if (classification) return classification;
  throw new TypeError("the request was not classified");
}
