import type { ConflictChoice, JsonValue, SyncConflict } from "@salesagent/client";
import { badge } from "../badge.js";
import { h, put } from "../element.js";
import { errorBox } from "../error-box.js";
import { button, labelled, whileBusy } from "../field.js";
import { jsonView } from "../json-view.js";
import { formatTime } from "../times.js";
import { typedValue } from "../typed-value.js";
import type { ViewContext } from "../view-context.js";

/** Both sides beside one another, and the way to choose, for those who may. */
export function conflictCard(
  context: ViewContext,
  conflict: SyncConflict,
  settled: (conflict: SyncConflict) => void,
): HTMLElement {
  const { id, field, kind, connection, status, recordId, crmId, foundAt, taken, endedBy } = conflict;
  const isRecord = field === "$record";
  const title = isRecord ? `A ${kind} removed on one side` : `${field} of a ${kind}`;
  const sides: readonly (readonly [string, JsonValue | undefined])[] = [
    ["Before", conflict.base],
    ["App", conflict.app],
    [`CRM ${connection}`, conflict.crm],
  ];
  const canDecide = status === "open" && context.can("sync:decide");
  const outcome = taken === undefined ? "" : `Taken: ${taken}. `;
  return h(
    "article",
    { class: "card", "aria-labelledby": `conflict-${id}` },
    h("h2", { tabindex: "-1", id: `conflict-${id}` }, title, " ", badge(status)),
    h(
      "p",
      { class: "quiet" },
      `Record ${recordId}, in the CRM ${crmId ?? "–"}; found ${formatTime(foundAt)}.`,
    ),
    h(
      "dl",
      { class: "sides" },
      sides.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, jsonView(value)))),
    ),
    outcome !== "" && h("p", {}, outcome, endedBy !== undefined && `By ${endedBy}.`),
    canDecide && choiceForm(context, conflict, settled),
  );
}

function choiceForm(
  context: ViewContext,
  conflict: SyncConflict,
  settled: (conflict: SyncConflict) => void,
): HTMLElement {
  const { client, announce, signIn } = context;
  const isRecord = conflict.field === "$record";
  const typed = h("input", { type: "text", autocomplete: "off" });
  const trouble = h("div");
  const settle = async (choice: ConflictChoice) => {
    put(trouble);
    await whileBusy(form, async () => {
      try {
        const now = await client.sync.conflicts.resolve(conflict.id, choice);
        announce("The conflict is settled; the next sync carries it over");
        settled(now);
      } catch (error) {
        put(trouble, errorBox(error, { signIn }));
      }
    });
  };
  const settleTyped = () => {
    const read = typedValue(typed.value, [conflict.app, conflict.crm, conflict.base]);
    if ("value" in read && read.value !== null) return void settle({ value: read.value });
    const problem = "problem" in read ? read.problem : "Nothing is typed.";
    put(trouble, h("p", { class: "error", role: "alert" }, problem));
    typed.focus();
  };
  const form = h(
    "form",
    { on: { submit: (event) => event.preventDefault() } },
    h(
      "p",
      { class: "actions" },
      button("Take the app's", () => void settle({ take: "app" }), "main"),
      button("Take the CRM's", () => void settle({ take: "crm" }), "main"),
    ),
    !isRecord && labelled("Or another value", typed),
    !isRecord &&
      h(
        "p",
        { class: "actions" },
        button("Take what is typed", settleTyped),
        button("Empty it on both sides", () => void settle({ value: null }), "danger"),
      ),
    trouble,
  );
  return form;
}
