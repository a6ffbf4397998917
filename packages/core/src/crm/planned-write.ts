import type { JsonObject, JsonValue, RecordKind } from "@salesagent/ports";
import type { LinkDecision } from "./decide-link.js";
import { appValues, crmValues } from "./link-table.js";
import type { LinkSides } from "./read-sides.js";
import type { SyncContext } from "./sync-context.js";

/** One write that a sync would make, or one thing that it would put on record instead. */
export interface PlannedWrite {
  readonly side: "app" | "crm";
  /**
   * `link`: two records that stand would belong together. `merge`: the app's record would go into another. `look-up`: a create whose
   * answer was lost would be looked up. `conflict`: a person would be asked. `refuse`: it would become a dead letter. `wait`: it hangs
   * on a record that is to be made first.
   */
  readonly op: "create" | "update" | "remove" | "link" | "merge" | "look-up" | "conflict" | "refuse" | "wait";
  readonly kind: RecordKind;
  readonly recordId?: string;
  readonly crmId?: string;
  /** By field: what stands there, and what would; null is no value. Of a conflict: what the app has, and what the CRM has. */
  readonly changes: Readonly<Record<string, { readonly from: JsonValue; readonly to: JsonValue }>>;
  readonly reason?: string;
  /** Of a removal: there would be too many, and it would wait for somebody's word. */
  readonly held?: true;
}

/** What a decision would write, in the order in which it would. */
export function* describeDecision(
  context: SyncContext,
  sides: LinkSides,
  decision: LinkDecision,
): Generator<PlannedWrite, void, undefined> {
  const { link, app, crm, table } = sides;
  const { kind, recordId } = link;
  const crmId = crm?.id ?? link.crmId;
  const about = { kind, recordId, ...(crmId !== undefined && { crmId }) };
  const ours = app ? appValues(context, app, table) : {};
  const theirs = crm ? crmValues(context, crm, table) : {};
  switch (decision.type) {
    case "merge":
      yield* describeMerge(about, decision, ours, theirs, link.base === undefined);
      return;
    case "create":
      yield { side: "crm", op: "create", ...about, changes: changesOf({}, decision.sent) };
      return;
    case "bring-back":
      yield { side: "app", op: "create", ...about, changes: changesOf({}, theirs) };
      return;
    case "removal": {
      const side = decision.removal === "to-app" ? "app" : "crm";
      yield { side, op: "remove", ...about, changes: changesOf(side === "app" ? ours : theirs, {}) };
      return;
    }
    case "removal-conflict": {
      const [from, to] = decision.gone === "app" ? ["removed", "changed"] : ["changed", "removed"];
      yield { side: "app", op: "conflict", ...about, changes: { $record: { from, to } } };
      return;
    }
    case "absorb":
      yield { side: "app", op: "merge", ...about, changes: {}, reason: `into ${decision.other.recordId}` };
      return;
    case "look-up":
    case "wait":
      yield { side: "crm", op: decision.type, ...about, changes: {} };
      return;
    default:
  }
}

type About = Pick<PlannedWrite, "kind" | "recordId" | "crmId">;

function* describeMerge(
  about: About,
  { merged }: Extract<LinkDecision, { readonly type: "merge" }>,
  ours: JsonObject,
  theirs: JsonObject,
  isFirst: boolean,
): Generator<PlannedWrite, void, undefined> {
  if (isFirst) yield { side: "app", op: "link", ...about, changes: {} };
  for (const { field, app, crm, taken } of merged.conflicts) {
    const changes = { [field]: { from: app, to: crm } };
    yield { side: "app", op: "conflict", ...about, changes, reason: taken };
  }
  const { toAppValues, sent } = merged;
  if (merged.put) yield { side: "app", op: "update", ...about, changes: changesOf(ours, toAppValues) };
  if (merged.change) yield { side: "crm", op: "update", ...about, changes: changesOf(theirs, sent) };
}

/** Of each field that is named in `to`, what stands and what would; of all that stand where nothing is. */
function changesOf(from: JsonObject, to: JsonObject): PlannedWrite["changes"] {
  const names = Object.keys(to).length > 0 ? Object.keys(to) : Object.keys(from);
  return Object.fromEntries(names.map((name) => [name, { from: from[name] ?? null, to: to[name] ?? null }]));
}
