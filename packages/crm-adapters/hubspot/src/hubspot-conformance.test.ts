import { crmProviderConformance } from "@salesagent/conformance";
import type { CRMProvider } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { hubspotSetup } from "./testing/hubspot-setup.js";

/** The fields that a note has; the other types of activities have tests of their own. */
const OF_NOTES = new Set(["type", "body", "at", "ownerId"]);

/** The adapter, with as many fields of activities as one type of them has. */
function asNotes(provider: CRMProvider): CRMProvider {
  const { activity } = provider.capabilities.kinds;
  if (activity === undefined) throw new Error("the adapter has activities");
  const fields = activity.fields.filter((field) => OF_NOTES.has(field));
  const kinds = { ...provider.capabilities.kinds, activity: { ...activity, fields } };
  const capabilities = { ...provider.capabilities, kinds };
  return new Proxy(provider, {
    get(target, name) {
      if (name === "capabilities") return capabilities;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

const SAMPLES = {
  contact: { first: { ownerId: "41" }, second: { ownerId: "42" } },
  company: { first: { ownerId: "41" }, second: { ownerId: "42" } },
  deal: {
    first: { pipelineId: "default", stageId: "appointmentscheduled", ownerId: "41" },
    second: { pipelineId: "other", stageId: "contractsent", ownerId: "42" },
  },
  activity: { first: { ownerId: "41" }, second: { ownerId: "42" } },
};

for (const version of ["2026-03", "v3"] as const) {
  crmProviderConformance(
    { describe, it, expect },
    () => {
      const setup = hubspotSetup({ version });
      return { ...setup, provider: asNotes(setup.provider) };
    },
    {
      name: `hubspot ${version}`,
      samples: SAMPLES,
      custom: [
        { kind: "contact", name: "score", vendorName: "lead_score", first: 7, second: 12.5 },
        {
          kind: "company",
          name: "renewal",
          vendorName: "renewal",
          first: "2027-01-31",
          second: "2028-02-29",
        },
      ],
      refusesDuplicates: ["contact"],
      // The versions differ by their paths, and by nothing that a kind has of its own.
      ...(version === "v3" && { kinds: ["contact", "activity"] as const }),
      // A page of a search holds 200, one of a list 100.
      many: 210,
    },
  );
}
