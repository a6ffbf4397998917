import { type CompiledGraph, field, type InputOf, type StateOf, type UpdateOf } from "@salesagent/core/graph";
import { z } from "zod";

const idSchema = z.string().min(1).max(400);

/** The most that a customer may write at once. */
export const MAX_MESSAGE_CHARS = 20_000;

/** What a customer wrote, and is not answered yet. Plain JSON. */
export type CustomerRequest = {
  readonly text: string;
  /** Index in the thread of the last message that it holds. */
  readonly upTo: number;
};

/** What a request is about, by the model's account. Plain JSON. */
export type Classification = {
  readonly topic: string;
  /** 0–1. */
  readonly confidence: number;
  /** The customer asks for a person. */
  readonly wantsPerson: boolean;
  /** Whether the answer before helped; `new` for another question, or where there was none. */
  readonly before: "helped" | "not-helped" | "new";
  /** The question, so that it can be understood by itself. */
  readonly question: string;
};

/** Where a sentence of an answer is from. Plain JSON. */
export type Source = { readonly id: string; readonly title?: string; readonly url?: string };

/** What is to be told, or was told, to the customer. Plain JSON. */
export type ServiceReply = {
  readonly text: string;
  readonly sources: readonly Source[];
  /** Who answered: the agent, the agent that it was handed to, or the person. */
  readonly by: string;
};

/** Why a person is asked. */
export type EscalationReason =
  /** The customer asked for a person. */
  | "asked"
  /** The topic is a person's business. */
  | "topic"
  /** It is not sure enough what the request is about. */
  | "unsure"
  /** The customer was not helped as often as is allowed. */
  | "unhelped"
  /** No passage answers it. */
  | "no-knowledge"
  /** The model's answer says what its passages don't say. */
  | "unsupported"
  /** A model failed, or what it said could not be read. */
  | "failed"
  /** The agent that it was handed to failed. */
  | "handover-failed";

/** How a case ended: nobody wrote for so long. */
export type ServiceOutcome = "idle";

/** The fields of a case: `threadId`, `text`, `messageRunId`, `customer` and `leadId` are its input. */
export const serviceState = {
  threadId: idSchema,
  /** What the customer wrote first. */
  text: z.string().min(1).max(MAX_MESSAGE_CHARS),
  /** Under which id that stands in the thread, where the message has one of its own. */
  messageRunId: idSchema.optional(),
  /** Whom replies go to. Only the host says so. */
  customer: z
    .object({ address: z.string().min(1).max(400), name: z.string().max(200).optional() })
    .optional(),
  leadId: idSchema.optional(),
  /** Index of the last message of the thread that was dealt with; −1 before the first. */
  handled: field({ default: () => -1 }),
  request: field<CustomerRequest>(),
  classification: field<Classification>(),
  /** How often in a row the customer was not helped. */
  unhelped: field({ default: () => 0 }),
  /** Set while a person is needed. */
  escalation: field<EscalationReason | null>({ default: () => null }),
  /** Set while there is something to send. */
  draft: field<ServiceReply | null>({ default: () => null }),
  /** The last that the customer was told. */
  reply: field<ServiceReply>(),
  outcome: field<ServiceOutcome>(),
};

export type ServiceState = StateOf<typeof serviceState>;
export type ServiceUpdate = UpdateOf<typeof serviceState>;
/** What a case begins with. */
export type ServiceInput = InputOf<typeof serviceState>;
/** The graph of a case. */
export type ServiceGraph = CompiledGraph<ServiceState, ServiceUpdate, ServiceInput>;
