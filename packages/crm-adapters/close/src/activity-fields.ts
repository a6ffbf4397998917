import type { CrmActivityFields, CrmChange, CrmLinks, CrmRecord } from "@salesagent/ports";
import { crmError } from "./close-errors.js";
import { type JsonRecord, textOf, withoutGaps } from "./json-record.js";

/** What Close has of activities and tasks, by our names. */
export const ACTIVITY_FIELDS = [
  "type",
  "subject",
  "body",
  "at",
  "dueAt",
  "done",
  "direction",
  "ownerId",
] as const satisfies readonly (keyof CrmActivityFields)[];

type ActivityChange = NonNullable<CrmChange<"activity">["fields"]>;

/** The kinds of activities that are read and written. Meetings are made by calendars alone. */
export type ActivityType = "note" | "task" | "call" | "email";

/** Where each type is, and where it keeps what. */
interface ActivityShape {
  readonly path: string;
  readonly subject?: string;
  readonly body: string;
  readonly owner: string;
  readonly hasDirection: boolean;
}

/** By our names of types. */
export const ACTIVITY_SHAPES: Readonly<Record<ActivityType, ActivityShape>> = {
  note: { path: "/activity/note/", subject: "title", body: "note", owner: "user_id", hasDirection: false },
  task: { path: "/task/", body: "text", owner: "assigned_to", hasDirection: false },
  call: { path: "/activity/call/", body: "note", owner: "user_id", hasDirection: true },
  email: {
    path: "/activity/email/",
    subject: "subject",
    body: "body_text",
    owner: "user_id",
    hasDirection: true,
  },
};

/** An activity or task of Close's as a record. */
export function fromActivity(doc: JsonRecord, type: ActivityType): CrmRecord<"activity"> {
  const leadId = textOf(doc["lead_id"]);
  const contactId = textOf(doc["contact_id"]);
  const createdAt = textOf(doc["date_created"]);
  return {
    kind: "activity",
    id: String(doc["id"]),
    fields: activityFields(doc, type),
    custom: {},
    links: {
      ...(leadId === undefined ? {} : { company: [leadId] }),
      ...(contactId === undefined ? {} : { contact: [contactId] }),
    },
    updatedAt: String(doc["date_updated"]),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(leadId === undefined ? {} : { url: `https://app.close.com/lead/${leadId}/` }),
  };
}

function activityFields(doc: JsonRecord, type: ActivityType): CrmActivityFields {
  const { subject, body, owner, hasDirection } = ACTIVITY_SHAPES[type];
  const isTask = type === "task";
  const isDone = doc["is_complete"];
  return withoutGaps({
    type,
    subject: subject === undefined ? undefined : textOf(doc[subject]),
    body: textOf(doc[body]),
    at: isTask ? undefined : instantOf(doc["activity_at"]),
    dueAt: isTask ? instantOf(doc["date"]) : undefined,
    done: isTask && typeof isDone === "boolean" ? isDone : undefined,
    direction: hasDirection ? DIRECTIONS[String(doc["direction"])] : undefined,
    ownerId: textOf(doc[owner]),
  });
}

const DIRECTIONS: Readonly<Record<string, "in" | "out">> = {
  inbound: "in",
  incoming: "in",
  outbound: "out",
  outgoing: "out",
};

/** Milliseconds are all that is told of when something happened; a day alone is its first instant in UTC. */
function instantOf(value: unknown): string | undefined {
  const ms = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

/**
 * An activity as Close takes it.
 *
 * @throws SalesAgentError `crm.field_invalid` for what its type hasn't, and for an e-mail that came in: Close takes only logs of
 *   what went out.
 */
export function toActivity(type: ActivityType, fields: ActivityChange): Record<string, unknown> {
  const { subject, body, owner, hasDirection } = ACTIVITY_SHAPES[type];
  const isTask = type === "task";
  if (type === "email" && fields.direction === "in") {
    throw invalid(
      "direction",
      "Close logs e-mail that went out; what came in reaches it by its own mailboxes",
    );
  }
  return withoutGaps({
    ...(subject === undefined ? {} : { [subject]: fields.subject === null ? "" : fields.subject }),
    [body]: fields.body === null ? "" : fields.body,
    ...(isTask
      ? { date: fields.dueAt, is_complete: fields.done ?? undefined }
      : { activity_at: fields.at ?? undefined }),
    ...(hasDirection && fields.direction !== undefined
      ? { direction: fields.direction === "in" ? "inbound" : "outbound" }
      : {}),
    [owner]: fields.ownerId ?? undefined,
  });
}

/** What a new activity needs beside its fields. An e-mail is `sent`: a log of one that has gone, which Close never sends. */
export function newActivity(type: ActivityType): Record<string, unknown> {
  if (type === "task") return { _type: "lead" };
  if (type === "email") return { status: "sent", direction: "outgoing" };
  return type === "call" ? { status: "completed" } : {};
}

/** @throws SalesAgentError `crm.field_invalid` for a type that Close doesn't take. */
export function activityTypeOf(type: CrmActivityFields["type"] | null): ActivityType {
  if (type === "note" || type === "task" || type === "call" || type === "email") return type;
  throw invalid("type", "Close takes note, task, call and email");
}

/** The lead, without which Close makes no activity. @throws SalesAgentError `crm.field_invalid`. */
export function leadOfActivity(links: CrmLinks | undefined): string {
  const leadId = links?.company?.[0];
  if (leadId === undefined) throw invalid("links.company", "an activity hangs on a lead: give its id");
  return leadId;
}

function invalid(field: string, problem: string) {
  return crmError("crm.field_invalid", {
    kind: "activity",
    message: `Close can't keep ${field} of this activity: ${problem}.`,
    facts: { field },
  });
}

/** Our name of a field that Close refused. */
export function activityFieldName(field: string): string {
  const names: Readonly<Record<string, string>> = {
    note: "body",
    text: "body",
    body_text: "body",
    title: "subject",
    date: "dueAt",
    is_complete: "done",
    activity_at: "at",
    user_id: "ownerId",
    assigned_to: "ownerId",
    lead_id: "links.company",
    contact_id: "links.contact",
  };
  return names[field] ?? field;
}
