import { crmProviderConformance } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { linkedinSetup } from "./testing/linkedin-crm-world.js";

const oneMember = "a token tells of one member, so that the world can't hold a second record";
const noMember = "a token without its member is refused, so that there is no empty world";

crmProviderConformance({ describe, it, expect }, () => linkedinSetup(), {
  name: "linkedin",
  many: 1,
  knownGaps: {
    "is well when the CRM is": noMember,
    "gets nothing, and no error, for a record that is gone": noMember,
    "brings no record that is not there, and is complete, where there is none": noMember,
    "ends where no more comes, whatever the CRM says of how many there are": noMember,
    "keeps the CRM's own text of when a record changed, with all its digits": oneMember,
    "tells ids as text that finds the record again": oneMember,
    "gets many in the order asked for, with nothing in the place of those that are gone": oneMember,
    "brings what stands for the whole walk, while others come, change and go": oneMember,
    "finds what matches exactly, and nothing that only resembles it": oneMember,
    "brings the oldest first where several match": oneMember,
    "waits as long as it is told to, and comes through; or tells how long to wait":
      "LinkedIn tells no wait: its limits end with the day of UTC",
  },
});
