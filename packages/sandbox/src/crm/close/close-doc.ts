/** What Close has objects of, by the names of its event log. */
export type CloseType =
  | "lead"
  | "contact"
  | "opportunity"
  | "task.lead"
  | "activity.note"
  | "activity.call"
  | "activity.email";

/** An object as it is stored: replaced on a change, never altered. */
export interface CloseDoc {
  readonly id: string;
  readonly date_created: string;
  readonly date_updated: string;
  readonly [field: string]: unknown;
}

/** Who does something, as events tell it. */
export interface CloseActor {
  readonly userId: string;
  readonly apiKeyId: string | null;
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
}

/** What an object's id begins with. */
export const PREFIXES: Readonly<Record<CloseType, string>> = {
  lead: "lead_",
  contact: "cont_",
  opportunity: "oppo_",
  "task.lead": "task_",
  "activity.note": "acti_",
  "activity.call": "acti_",
  "activity.email": "acti_",
};

/** The document with only the fields that were asked for; all where none were. */
export function pickFields(doc: Readonly<Record<string, unknown>>, fields: readonly string[] | undefined) {
  if (fields === undefined) return doc;
  return Object.fromEntries(
    Object.entries(doc).filter(([name]) => fields.some((asked) => isAsked(name, asked))),
  );
}

/** `custom` stands for all custom fields. */
const isAsked = (name: string, asked: string) =>
  name === asked || (asked === "custom" && name.startsWith("custom."));
