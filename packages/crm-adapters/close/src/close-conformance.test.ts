import { crmProviderConformance } from "@salesagent/conformance";
import type { CRMProvider } from "@salesagent/ports";
import { closeSandbox } from "@salesagent/sandbox/crm";
import { describe, expect, it } from "vitest";
import { closeSetup, TIER_FIELD } from "./testing/close-setup.js";

const { settings, userId } = closeSandbox();
const [active = "", won = ""] = settings.opportunityStatuses.map(({ id }) => id);

/** The fields that a note has; the other types of activities have tests of their own. */
const OF_NOTES = new Set(["type", "subject", "body", "at", "ownerId"]);

/** The adapter, with as many fields of activities as one type of them has. */
function asNotes(provider: CRMProvider): CRMProvider {
  const { activity, ...others } = provider.capabilities.kinds;
  if (activity === undefined) throw new Error("the adapter has activities");
  const fields = activity.fields.filter((field) => OF_NOTES.has(field));
  const capabilities = { ...provider.capabilities, kinds: { ...others, activity: { ...activity, fields } } };
  return new Proxy(provider, {
    get(target, name) {
      if (name === "capabilities") return capabilities;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

crmProviderConformance(
  { describe, it, expect },
  () => {
    const setup = closeSetup({ equalStamps: 3 }, { pageSize: 20 });
    return { ...setup, provider: asNotes(setup.provider) };
  },
  {
    name: "Close",
    many: 42,
    samples: {
      deal: { first: { stageId: active, ownerId: userId }, second: { stageId: won, ownerId: userId } },
      activity: { first: { ownerId: userId }, second: { ownerId: userId } },
    },
    required: {
      deal: ["amountMinor", "stageId", "probability"],
      activity: ["type", "at", "ownerId"],
    },
    knownGaps: {
      "tells the ids that lead to a record since they were merged into it":
        "it would take a second call for each lead: `get` by the old id and `changes` tell it",
      "adds a link, and takes none away":
        "a contact of Close's belongs to exactly one lead, so another one takes it over",
    },
    custom: [
      { kind: "contact", name: "tier", vendorName: `custom.${TIER_FIELD}`, first: "gold", second: "silver" },
    ],
  },
);
