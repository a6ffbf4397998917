import type { SyncConflict } from "@salesagent/client";
import { h } from "../element.js";
import { choice, labelled } from "../field.js";
import { firstPage } from "../first-page.js";
import { KeyedList } from "../keyed-list.js";
import { PagedView } from "../paged-list.js";
import { toHash } from "../place.js";
import type { View } from "../view-context.js";
import { conflictCard } from "./conflict-card.js";

const PAGE = 20;
const STATUSES = [
  ["open", "Open"],
  ["resolved", "Resolved by somebody"],
  ["settled", "Settled by a policy"],
  ["gone", "Gone by itself"],
  ["all", "All"],
] as const;

/** What the app and a CRM changed, each to something else. */
export const conflictsView: View = (context) => {
  const { client, place, signal } = context;
  const status = (place.query["status"] ?? "open") as SyncConflict["status"] | "all";
  const cards = new KeyedList<SyncConflict>(
    ({ id }) => id,
    (conflict) =>
      conflictCard(context, conflict, (settled) => {
        list.change((items) => items.map((item) => (item.id === settled.id ? settled : item)));
        cards.focusOpen(settled.id);
      }),
  );
  const filter = status === "all" ? {} : { status };
  const list = new PagedView<SyncConflict>(context, {
    read: (after) => firstPage(client.sync.conflicts.list({ after, limit: PAGE, signal, ...filter })),
    ...{ list: cards.element, one: "conflict", show: (items) => cards.show(items) },
    empty:
      status === "open"
        ? "No conflict is open. Where both sides change the same field, syncs ask here which one is right."
        : "There is none. Choose another status above.",
  });
  const chosen = choice(STATUSES, status, (value) =>
    context.go(toHash("conflicts", undefined, { status: value })),
  );
  void list.restart();
  return h("div", {}, h("div", { class: "filters" }, labelled("Status", chosen)), list.element);
};
