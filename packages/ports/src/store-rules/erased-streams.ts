import type { RunRecord } from "../stores/run-store.js";
import type { StoredStreamEvent, StreamRecord } from "../stores/stream-store.js";
import { withoutMentions } from "./erased-fields.js";
import { toErasedRun } from "./erased-records.js";
import type { Mentions } from "./mentions.js";
import type { NormalPerson } from "./person-rules.js";

/** What is left of a stream beside its events, which go whole; the very record where there is nothing to erase. */
export function toErasedStream(stream: StreamRecord, mentions: Mentions): StreamRecord {
  return withoutMentions(stream, mentions, { data: ["threadId", "startedBy"], parts: ["error", "stop"] });
}

/** Whether an event mentions a person. */
export function isEventAbout({ type, data }: Omit<StoredStreamEvent, "seq">, mentions: Mentions): boolean {
  return mentions.isIn([type, data]);
}

/** Whether a stream, or the run of its id, belongs to a person's threads or leads. */
export function isStreamOf(
  { threadId, leadId }: Pick<StreamRecord, "threadId" | "leadId">,
  { isTheirThread, isTheirLead }: NormalPerson,
): boolean {
  return isTheirThread(threadId) || isTheirLead(leadId);
}

/** Whether what an agent's run tells is told of a person: it is theirs, or mentions them. */
export function isRunAbout(run: RunRecord, person: NormalPerson): boolean {
  return isStreamOf(run, person) || toErasedRun(run, person.mentions) !== run;
}
