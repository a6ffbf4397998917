import { manualClock } from "@salesagent/conformance";
import { createApprovals, createEffects } from "@salesagent/core/effects";
import { type Checkpointer, memoryCheckpointer } from "@salesagent/core/graph";
import { memoryStorage } from "@salesagent/storage-memory";
import { memoryCalendar } from "../../rehearsal/memory-calendar.js";
import { memoryMail } from "../../rehearsal/memory-mail.js";
import { type BdrInput, type BdrOptions, createBdrAgent } from "../bdr-agent.js";

/** How long a dead process is believed to be at an effect. */
export const LEASE_MS = 500;

export const tenant = "acme";
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** Half an hour of January 2026. */
export const slotAt = (day: number, hour: number) => ({
  startsAt: new Date(Date.UTC(2026, 0, day, hour)).toISOString(),
  endsAt: new Date(Date.UTC(2026, 0, day, hour, 30)).toISOString(),
});

export const lead: BdrInput = {
  lead: { company: "Figma", domain: "figma.com", country: "US" },
  contact: { email: "Bo@Figma.test", name: "Bo" },
};

/** A seller's world: ledger, calendar and mailbox outlive the agents, which are made and lost as processes are. */
export function bdrScene(given: Partial<BdrOptions> = {}) {
  const manual = manualClock();
  const { clock = manual } = given;
  const storage = memoryStorage({ clock });
  const calendar = memoryCalendar({
    free: [7, 8, 9].flatMap((day) => [9, 14].map((hour) => slotAt(day, hour))),
  });
  const mail = memoryMail();
  const approvals = createApprovals({ storage, clock });
  const checkpointer = memoryCheckpointer();
  const options = {
    ...{ calendar, mail, approvals, checkpointer, clock },
    from: "Ada Byron <ada@seller.test>",
    pitch: "We help design teams sell.",
    profile: {
      name: "Any",
      criteria: [{ name: "us", kind: "one-of", field: "company.country", values: ["US"] }],
    },
    ...given,
  } satisfies Partial<BdrOptions>;
  const newAgent = (kept: Checkpointer = checkpointer, more: Partial<BdrOptions> = {}) =>
    createBdrAgent({
      ...options,
      effects: createEffects({ storage, clock, leaseMs: LEASE_MS }),
      checkpointer: kept,
      ...more,
    });
  const pending = async () => (await approvals.list({ tenant, status: "pending" })).items;
  const firstPending = async () => {
    const [first] = await pending();
    if (!first) throw new Error("nothing is pending");
    return first;
  };
  return { clock: manual, storage, calendar, mail, approvals, newAgent, pending, firstPending };
}
