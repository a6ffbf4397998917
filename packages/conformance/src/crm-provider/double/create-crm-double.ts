import type { CRMProvider } from "@salesagent/ports";
import { manualClock } from "../../manual-clock.js";
import type { CrmDoubleOptions } from "./crm-double-options.js";
import { DoubleCalls } from "./double-calls.js";
import { doubleCapabilities } from "./double-capabilities.js";
import { DoubleErrors } from "./double-errors.js";
import { DoubleFeed } from "./double-feed.js";
import { type DoubleParts, DoubleProvider } from "./double-provider.js";
import { DoubleStamps } from "./double-stamps.js";
import { DoubleState } from "./double-state.js";
import { DoubleWebhooks } from "./double-webhooks.js";
import { CrmDoubleWorld } from "./double-world.js";
import { seededRandom } from "./seeded-random.js";

/** A CRM in memory. */
export interface CrmDouble {
  /** Its sound adapter. It doesn't wait and doesn't try again: what goes wrong is thrown. */
  readonly provider: CRMProvider;
  /** Its users, and what they see. */
  readonly world: CrmDoubleWorld;
}

/**
 * A CRM in memory with its adapter, for tests of what works with any CRM: some microseconds a call, and the same run for the same
 * options. Its traits are those of real CRMs: stamps that tie, that have microseconds and that move by themselves, values that are
 * rewritten, merges that make a third record, indexes and feeds that lag, and whatever goes wrong on the way.
 *
 * @example
 * ```ts
 * const { provider, world } = createCrmDouble({ merge: "third-record", stamps: { bumpAfterMs: 15_000 } });
 * const id = world.create({ kind: "contact", fields: { email: "ada@example.com" } });
 * world.fail({ type: "response-lost" }, { on: "write" });
 * await provider.update({ kind: "contact", id, fields: { title: "CTO" } }).catch(() => "done all the same");
 * ```
 */
export function createCrmDouble(options: CrmDoubleOptions = {}): CrmDouble {
  const clock = options.clock ?? manualClock();
  const random = options.random ?? seededRandom(1);
  const now = () => clock.now();
  const errors = new DoubleErrors(options.provider ?? "double");
  const capabilities = doubleCapabilities(options);
  const stamps = new DoubleStamps(clock, options.stamps);
  const parts: DoubleParts = {
    ...{ options, capabilities, errors, now },
    state: new DoubleState(options, { clock, random, errors, capabilities, stamps }),
    feed: new DoubleFeed(options, { stamps, random, now }),
    calls: new DoubleCalls(options.faults, errors),
    webhooks: new DoubleWebhooks(clock, errors, options.webhookSecret ?? "webhook-secret"),
  };
  return { provider: new DoubleProvider(parts), world: new CrmDoubleWorld(parts, clock) };
}
