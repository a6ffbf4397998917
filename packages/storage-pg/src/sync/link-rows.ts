import type { CrmLink, JsonObject, LinkDraft, LinkStanding, LinkState, RecordKind } from "@salesagent/ports";
import {
  isSameJson,
  type NormalLinkWrite,
  type NormalRecordDraft,
  toFlatRecord,
} from "@salesagent/ports/store-rules";
import { instant, instantText, number, optional, optionalJson, type Row, text } from "../columns.js";
import type { RecordColumn } from "../record-columns.js";
import { leaseTime } from "../store-time.js";

/** What tells links apart. */
export const LINK_KEY: readonly RecordColumn<NormalLinkWrite>[] = [
  { name: "connection", type: "text", read: ({ link }) => link.connection },
  { name: "kind", type: "text", read: ({ link }) => link.kind },
  { name: "record_id", type: "text", read: ({ link }) => link.recordId },
];

/** What every write replaces. JSON's null stands for what is absent: it is cheaper in a bulk write than a column's own null. */
export const LINK_CONTENT: readonly RecordColumn<NormalLinkWrite>[] = [
  { name: "crm_id", type: "text", read: ({ link }) => link.crmId },
  { name: "state", type: "text", read: ({ link }) => link.state },
  { name: "base_app", type: "json", read: ({ link }) => link.base?.app },
  { name: "base_crm", type: "json", read: ({ link }) => otherBase(link) },
  { name: "record_revision", type: "text", read: ({ link }) => link.recordRevision },
  { name: "crm_hash", type: "text", read: ({ link }) => link.crmHash },
  { name: "crm_updated_at", type: "text", read: ({ link }) => link.crmUpdatedAt },
  { name: "removal", type: "text", read: ({ link }) => link.removal },
  { name: "notes", type: "json", read: ({ link }) => link.notes },
  { name: "failures", type: "bigint", read: ({ link }) => link.failures },
  { name: "error", type: "json", read: ({ link }) => link.error },
];

/** The CRM's side of the base where it says something else than the app's. */
function otherBase({ base }: LinkDraft): JsonObject | undefined {
  return base === undefined || base.app === base.crm || isSameJson(base.app, base.crm) ? undefined : base.crm;
}

/** SQL for when a link is due, as it is read at a time: one that nobody works on any more is due since then. */
export const dueThen = (now: string): string =>
  `case when lease_until <= ${leaseTime(now)} then least(due_at, lease_until) else due_at end`;

/** @param due - SQL for when it is due. */
export const linkFields = (due: string): string =>
  [
    ...[
      "connection",
      "kind",
      "record_id",
      "crm_id",
      "state",
      "base_app",
      "base_crm",
      "record_revision",
      "crm_hash",
    ],
    ...["crm_updated_at", "removal", "notes", "failures", "error", "revision"],
    `${instantText(due)} as due_at`,
    ...[instant("created_at"), instant("updated_at")],
  ].join(", ");

/** As {@link linkFields}, of how it stands alone. */
export const STANDING_FIELDS = [
  ...["record_id", "crm_id", "state", "crm_hash", "removal", "notes", instant("created_at")],
  "coalesce(base_app::text <> 'null', false) as has_base",
].join(", ");

/** What the record of a link said that was made with it: fields, custom, links. Nothing is there where a part is empty. */
type RecordParts = readonly [
  NormalRecordDraft["fields"],
  NormalRecordDraft["custom"] | null,
  NormalRecordDraft["links"] | null,
];

function toBase(
  { app: written }: { readonly app?: JsonObject | RecordParts },
  row: Row,
): Pick<CrmLink, "base"> {
  if (written === undefined) return {};
  const app = isParts(written) ? toFlat(written) : written;
  return { base: { app, crm: optionalJson<"crm", JsonObject>("crm", row, "base_crm").crm ?? app } };
}

const isParts = (written: JsonObject | RecordParts): written is RecordParts => Array.isArray(written);

const toFlat = ([fields, custom, links]: RecordParts) =>
  toFlatRecord({ fields, custom: custom ?? {}, links: links ?? {} });

const removal = (row: Row, column: string) => text(row, column) as "to-app" | "to-crm";

export function fromStandingRow(row: Row): LinkStanding {
  return {
    recordId: text(row, "record_id"),
    crmId: text(row, "crm_id"),
    state: text(row, "state") as LinkState,
    ...optional("crmHash", row, "crm_hash", text),
    ...optional("removal", row, "removal", removal),
    ...optionalJson<"notes", JsonObject>("notes", row, "notes"),
    hasBase: text(row, "has_base") === "t",
    createdAt: text(row, "created_at"),
  };
}

export function fromLinkRow(row: Row): CrmLink {
  return {
    connection: text(row, "connection"),
    kind: text(row, "kind") as RecordKind,
    recordId: text(row, "record_id"),
    ...optional("crmId", row, "crm_id", text),
    state: text(row, "state") as LinkState,
    ...toBase(optionalJson<"app", JsonObject | RecordParts>("app", row, "base_app"), row),
    ...optional("recordRevision", row, "record_revision", text),
    ...optional("crmHash", row, "crm_hash", text),
    ...optional("crmUpdatedAt", row, "crm_updated_at", text),
    ...optional("removal", row, "removal", removal),
    ...optionalJson<"notes", JsonObject>("notes", row, "notes"),
    failures: number(row, "failures"),
    ...optionalJson<"error", NonNullable<CrmLink["error"]>>("error", row, "error"),
    ...optional("dueAt", row, "due_at", text),
    revision: number(row, "revision"),
    createdAt: text(row, "created_at"),
    updatedAt: text(row, "updated_at"),
  };
}
