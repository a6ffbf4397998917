import type { AgentOptions } from "@salesagent/core/agent";
import type { Effects } from "@salesagent/core/effects";
import type { Checkpointer } from "@salesagent/core/graph";
import type { Escalations } from "@salesagent/core/handoff";
import type { SessionMemory } from "@salesagent/core/memory";
import type { CallOptions, LanguageModel, Storage } from "@salesagent/ports";
import type { KnowledgeSearch } from "../ports/knowledge-search.js";
import type { ReplyChannel } from "../ports/reply-channel.js";
import type { ServiceTopics } from "./service-topics.js";

/** How customers are served. */
export interface ServiceOptions
  extends Pick<
    AgentOptions,
    "events" | "telemetry" | "timeouts" | "spendCap" | "budgets" | "clock" | "createId"
  > {
  readonly model: LanguageModel;
  /** Keeps threads, questions to persons, and records. */
  readonly storage: Storage;
  /** Keeps the cases, which wait for days: `durableFlows({ storage })`, or `memoryCheckpointer()` to try it. */
  readonly checkpointer: Checkpointer;
  /** What the company knows. @defaultValue nothing: a person answers */
  readonly knowledge?: KnowledgeSearch | undefined;
  /** Who the company is, and how it speaks. */
  readonly instructions?: string | undefined;
  /** What requests are about, and who deals with them; `other` is always there. @defaultValue billing, refund (person), legal (person), technical, sales */
  readonly topics?: ServiceTopics | undefined;
  /** Sorts messages; a small, quick one will do. @defaultValue `model` */
  readonly classifyModel?: LanguageModel | undefined;
  /** Carries replies. @defaultValue they stand in the thread, and the host fetches them */
  readonly channel?: ReplyChannel | undefined;
  /** The ledger that replies go through; needed with a channel. */
  readonly effects?: Effects | undefined;
  /** @defaultValue one on `storage` */
  readonly memory?: SessionMemory | undefined;
  /** Questions to persons. @defaultValue those on `storage` */
  readonly escalations?: Escalations | undefined;
  /** Whom questions are for, as the host names persons and teams. */
  readonly escalateTo?: string | undefined;
  /** How long a person has, in milliseconds. @defaultValue that of the escalations, seven days */
  readonly escalationMs?: number | undefined;
  /** Below this confidence in the topic a person is asked, 0–1. @defaultValue 0.6 */
  readonly minConfidence?: number | undefined;
  /** After so many answers in a row that did not help, a person is asked. @defaultValue 2 */
  readonly maxUnhelped?: number | undefined;
  /** Passages that an answer may rest on. @defaultValue 6 */
  readonly maxPassages?: number | undefined;
  /** How long a case waits for the customer, in milliseconds; then it is over. @defaultValue 259_200_000, three days */
  readonly idleMs?: number | undefined;
  /** What the customer is told when a person is asked; empty: nothing. @defaultValue "I've passed this on to a colleague, who will answer here." */
  readonly waitingText?: string | undefined;
  /** What the customer is told where nobody answered. @defaultValue "I'm sorry, nobody could answer this yet. Please write again." */
  readonly unansweredText?: string | undefined;
}

/** A customer's message. */
export interface CustomerMessage {
  readonly text: string;
  /** The same for the same message: one that is delivered twice counts once. */
  readonly messageId?: string | undefined;
}

/** What a case begins with. */
export interface OpenCase extends CustomerMessage {
  readonly threadId: string;
  /** Whom replies go to; needed with a channel. */
  readonly customer?: { readonly address: string; readonly name?: string | undefined } | undefined;
  readonly leadId?: string | undefined;
}

/** A person's answer. */
export interface PersonAnswer extends CallOptions {
  readonly tenant: string;
  /** A person whom the host has identified, such as `user:42`. */
  readonly by: string;
  /** What the customer is told. */
  readonly text: string;
  /** The index of the last message of the thread that the person has read; what came until then is answered. @defaultValue the one in question */
  readonly seen?: number | undefined;
}
