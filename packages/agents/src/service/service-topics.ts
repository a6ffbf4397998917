import type { NodeContext } from "@salesagent/core/graph";
import type { ServiceReply } from "./service-state.js";

/** A request on its way to another agent. */
export interface HandedRequest {
  readonly tenant: string;
  readonly threadId: string;
  readonly topic: string;
  /** What the customer wrote, as data. */
  readonly text: string;
  /** The question, so that it can be understood by itself; a model's words. */
  readonly question: string;
  readonly customer: { readonly address: string; readonly name?: string | undefined } | undefined;
  readonly leadId: string | undefined;
}

/** Another agent that requests are handed to; see `toAgent` and `toQueue`. */
export interface ServiceTarget {
  readonly name: string;
  /** @returns What the customer is told. @throws What failed: a person is asked then. */
  handle(request: HandedRequest, context: NodeContext): Promise<string>;
}

/** A topic of requests, and who deals with it. */
export interface ServiceTopic {
  /** What belongs to it, for the model. */
  readonly meaning: string;
  /** `knowledge`: what the company knows; `person`: always a person; or another agent. @defaultValue "knowledge" */
  readonly to?: "knowledge" | "person" | ServiceTarget | undefined;
}

/** Topics by name. */
export type ServiceTopics = Readonly<Record<string, ServiceTopic>>;

/** Requests that fit no other topic. */
const OTHER = "other";

export const DEFAULT_TOPICS: ServiceTopics = {
  billing: { meaning: "invoices, payments, prices of what the customer has" },
  refund: { meaning: "money back, cancelling with money back, charge-backs", to: "person" },
  legal: { meaning: "contracts, liability, data protection, threats of a lawsuit", to: "person" },
  technical: { meaning: "how something works, or that it does not" },
  sales: { meaning: "wants to buy, to upgrade, or to see an offer" },
};

/** @returns The topics with `other`. @throws TypeError naming the topic. */
export function resolveTopics(topics: ServiceTopics = DEFAULT_TOPICS): ReadonlyMap<string, ServiceTopic> {
  const resolved = new Map(Object.entries(topics));
  for (const [name, { meaning, to }] of resolved) {
    if (name.trim() === "" || meaning.trim() === "") {
      throw new TypeError(`createServiceAgent.topics: "${name}" needs a name and a meaning`);
    }
    if (typeof to === "object" && typeof to.handle !== "function") {
      throw new TypeError(`createServiceAgent.topics.${name}.to must be made by toAgent or toQueue`);
    }
  }
  if (!resolved.has(OTHER)) resolved.set(OTHER, { meaning: "none of the others, or you can't tell" });
  return resolved;
}

/** A reply in the words of another agent. */
export const replyOf = (text: string, by: string): ServiceReply => ({ text, sources: [], by });
