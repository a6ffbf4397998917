import { createBdrAgent } from "@salesagent/agents";
import type { JsonObject, JsonValue } from "@salesagent/ports";
import { UsageError } from "../command/usage-error.js";
import { rehearsedCalendar, rehearsedMail } from "../world/rehearsed-outside.js";
import { type AgentEntry, given, pick, type Question } from "./agent-entry.js";
import { EXAMPLE_COMPANY } from "./qualification.js";

/** Nobody's: mail is only rehearsed. */
const FROM = "Ada Example <ada@rehearsal.example>";

export const bdr: AgentEntry = {
  name: "bdr",
  summary: "qualifies a lead, proposes times by mail, waits for a person and for the lead, and books",
  fields: ["company", "email", "domain", "person"],
  example: { lead: EXAMPLE_COMPANY, contact: { email: "bo@works.example", name: "Bo" } },
  toInput: ({ company, domain, email, person: name }) => {
    if (company === undefined || email === undefined) return undefined;
    return { lead: given({ company, domain }), contact: given({ email, name }) };
  },
  work: {
    kind: "graph",
    open: (means) => {
      const { world, storage, events, spendCap, clock, checkpointer, effects, approvals } = means;
      const outside = { storage, clock };
      return createBdrAgent({
        ...{ storage, events, spendCap, clock, checkpointer, effects, approvals },
        ...{ profile: means.profile, pitch: means.pitch, from: FROM },
        model: world.model,
        policy: world.kind === "rehearsal" ? { mode: "rules-only" } : undefined,
        calendar: rehearsedCalendar(outside),
        mail: rehearsedMail(outside),
      });
    },
  },
  toResult: (state) => pick(state, ["outcome", "meeting", "qualification", "proposal"]),
  question: (wait, state) =>
    wait.kind === "event" && wait.name === "reply" ? leadsReply(startsOf(state)) : undefined,
};

function startsOf({ offered }: JsonObject): readonly string[] {
  const slots: readonly JsonValue[] = Array.isArray(offered) ? offered : [];
  return slots.flatMap((slot) => {
    const startsAt =
      typeof slot === "object" && slot !== null && "startsAt" in slot ? slot["startsAt"] : null;
    return typeof startsAt === "string" ? [startsAt] : [];
  });
}

function leadsReply(starts: readonly string[]): Question {
  const times = starts.map((startsAt, index) => `  ${index + 1}  ${startsAt}`);
  return {
    text: ["It waits for the lead's answer to these times:", ...times].join("\n"),
    form: '1 | other | no | "the words of a mail"',
    easy: "1",
    give: async ({ graph }, { runId, wait, line, tenant, signal }) => {
      await graph.deliver(runId, wait.name, toReply(line, starts), { tenant, signal });
    },
  };
}

function toReply(line: string, starts: readonly string[]): JsonValue {
  if (line === "") throw new UsageError("An answer is a time's number, other, no, or the words of a mail.");
  if (/^\d+$/.test(line)) {
    const startsAt = starts[Number(line) - 1];
    if (startsAt !== undefined) return { answer: "accept", startsAt };
    throw new UsageError(`There is no time ${line}; ${starts.length} were offered.`);
  }
  if (line === "other") return { answer: "other-times" };
  const [, reason] = /^no(?:[\s,:]+(.*))?$/s.exec(line) ?? [];
  if (line === "no" || reason !== undefined) return { answer: "decline", ...(reason ? { reason } : {}) };
  return { text: line };
}
