import { memoryCrmSearch } from "@salesagent/agents/rehearsal";
import type { CrmSearch } from "@salesagent/agents/tools";
import { EXAMPLE_COMPANY } from "../agents/qualification.js";

/** A CRM with one company and one person, both made up. */
export function rehearsedCrm(): CrmSearch {
  const { company: name, domain } = EXAMPLE_COMPANY;
  return memoryCrmSearch([
    { kind: "company", id: "rehearsal-1", company: { name, domain, provenance: {} } },
    {
      kind: "contact",
      id: "rehearsal-2",
      contact: { fullName: "[simulated] Bo", email: `bo@${domain}`, provenance: {} },
    },
  ]);
}
