import type { DeadLetter } from "@salesagent/client";
import { badge } from "../badge.js";
import { h, put } from "../element.js";
import { errorBox } from "../error-box.js";
import { button, choice, labelled, whileBusy } from "../field.js";
import { formatNumberOf } from "../figures.js";
import { firstPage } from "../first-page.js";
import { jsonView, unfolds } from "../json-view.js";
import { KeyedList } from "../keyed-list.js";
import { PagedView } from "../paged-list.js";
import { toHash } from "../place.js";
import { formatTime } from "../times.js";
import type { View, ViewContext } from "../view-context.js";

const PAGE = 20;
const STATUSES = [
  ["open", "Open"],
  ["replayed", "Tried again"],
  ["dropped", "Given up"],
  ["all", "All"],
] as const;

/** What syncs could not do. */
export const deadLettersView: View = (context) => {
  const { client, place, signal } = context;
  const status = (place.query["status"] ?? "open") as DeadLetter["status"] | "all";
  const cards = new KeyedList<DeadLetter>(
    ({ id }) => id,
    (letter) =>
      letterCard(context, letter, (ended) => {
        list.change((items) => items.map((item) => (item.id === ended.id ? ended : item)));
        cards.focusOpen(ended.id);
      }),
  );
  const filter = status === "all" ? {} : { status };
  const list = new PagedView<DeadLetter>(context, {
    read: (after) => firstPage(client.sync.deadLetters.list({ after, limit: PAGE, signal, ...filter })),
    ...{ list: cards.element, one: "dead letter", show: (items) => cards.show(items) },
    empty:
      status === "open"
        ? "No dead letter is open. What a CRM refuses for good stands here, with the reason."
        : "There is none. Choose another status above.",
  });
  const chosen = choice(STATUSES, status, (value) =>
    context.go(toHash("dead-letters", undefined, { status: value })),
  );
  void list.restart();
  return h("div", {}, h("div", { class: "filters" }, labelled("Status", chosen)), list.element);
};

function letterCard(
  context: ViewContext,
  letter: DeadLetter,
  ended: (letter: DeadLetter) => void,
): HTMLElement {
  const { id, kind, connection, operation, status, recordId, crmId, payload, error, updatedAt } = letter;
  const before = letter.history.map(({ at, error: { code, message } }) => ({ at, code, message }));
  return h(
    "article",
    { class: "card", "aria-labelledby": `letter-${id}` },
    h(
      "h2",
      { tabindex: "-1", id: `letter-${id}` },
      `${operation} of a ${kind} in ${connection} `,
      badge(status),
    ),
    h("p", {}, error.message, " ", h("code", {}, error.code)),
    h(
      "p",
      { class: "quiet" },
      `Record ${recordId ?? "–"}, in the CRM ${crmId ?? "–"}; ${formatTime(updatedAt)}.`,
    ),
    h("h3", {}, "What was to be done"),
    jsonView(payload),
    before.length > 0 &&
      unfolds(`It failed ${formatNumberOf(before.length, "time")} before`, () => jsonView(before)),
    status === "open" && context.can("sync:decide") && answers(context, letter, ended),
  );
}

function answers(context: ViewContext, letter: DeadLetter, ended: (letter: DeadLetter) => void): HTMLElement {
  const { client, announce, signIn } = context;
  const trouble = h("div");
  const end = async (status: "replayed" | "dropped") => {
    put(trouble);
    await whileBusy(form, async () => {
      try {
        const { replay, drop } = client.sync.deadLetters;
        const now = await (status === "replayed" ? replay(letter.id) : drop(letter.id));
        announce(status === "replayed" ? "The next sync tries it again" : "It is given up");
        ended(now);
      } catch (error) {
        put(trouble, errorBox(error, { signIn }));
      }
    });
  };
  const actions = h("p", { class: "actions" });
  const ask = () => {
    const sure = button("Yes, give it up", () => void end("dropped"), "danger");
    put(actions, h("span", {}, "It will not be tried again."), sure, button("No, keep it", offer));
    sure.focus();
  };
  const offer = () => {
    const first = button("Try it again", () => void end("replayed"), "main");
    const focused = actions.contains(document.activeElement);
    put(actions, first, button("Give it up…", ask, "danger"));
    if (focused) first.focus();
  };
  offer();
  const form = h("form", { on: { submit: (event) => event.preventDefault() } }, trouble, actions);
  return form;
}
