import type { Approval, ApprovalStatus } from "@salesagent/client";
import { h } from "../element.js";
import { everyWhileSeen } from "../every-while-seen.js";
import { choice, labelled } from "../field.js";
import { firstPage } from "../first-page.js";
import { KeyedList } from "../keyed-list.js";
import { PagedView } from "../paged-list.js";
import { toHash } from "../place.js";
import type { View } from "../view-context.js";
import { approvalCard } from "./approval-card.js";

const PAGE = 20;
const POLL_MS = 5_000;
const STATUSES: readonly (readonly [ApprovalStatus | "all", string])[] = [
  ["pending", "Waiting"],
  ["approved", "Approved"],
  ["used", "Approved and done"],
  ["refused", "Refused"],
  ["expired", "Expired"],
  ["all", "All"],
];

/** Calls that wait for somebody's word, and those that waited. */
export const approvalsView: View = (context) => {
  const { client, place, signal } = context;
  const status = (place.query["status"] ?? "pending") as ApprovalStatus | "all";
  const cards = new KeyedList<Approval>(
    ({ id }) => id,
    (approval) =>
      approvalCard(context, approval, (decided) => {
        list.change((items) => items.map((item) => (item.id === decided.id ? decided : item)));
        cards.focusOpen(decided.id);
      }),
  );
  const list = new PagedView<Approval>(context, {
    read: (after) =>
      firstPage(client.approvals.list({ after, limit: PAGE, signal, ...(status !== "all" && { status }) })),
    ...{ list: cards.element, one: "approval", show: (items) => cards.show(items) },
    empty:
      status === "pending"
        ? "Nothing waits for you. Agents ask here before they do what needs somebody's word."
        : "There is none. Choose another status above.",
  });
  const chosen = choice(STATUSES, status, (value) =>
    context.go(toHash("approvals", undefined, { status: value })),
  );
  void list.restart();
  if (status === "pending")
    everyWhileSeen(POLL_MS, signal, () =>
      list.refresh(
        ({ id }) => id,
        // What one has just decided stays to be seen.
        (approval) => approval.status !== "pending",
      ),
    );
  return h("div", {}, h("div", { class: "filters" }, labelled("Status", chosen)), list.element);
};
