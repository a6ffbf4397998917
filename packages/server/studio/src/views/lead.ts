import type { JsonObject, JsonValue, LeadWithResults } from "@salesagent/client";
import { badge } from "../badge.js";
import { type Child, h, link, put } from "../element.js";
import { errorBox, loaded } from "../error-box.js";
import { button, whileBusy } from "../field.js";
import { formatCount, formatShare, formatUsd } from "../figures.js";
import { isObject, toText } from "../json-values.js";
import { jsonView, unfolds } from "../json-view.js";
import { leadName } from "../lead-words.js";
import { toHash } from "../place.js";
import { type Criterion, type Qualification, qualificationOf, sidesOf } from "../qualification.js";
import { type Column, plainTable } from "../table.js";
import { formatTime } from "../times.js";
import type { View, ViewContext } from "../view-context.js";

/** One lead: its score with the evidence, and what is known of it. */
export const leadView: View = (context) => {
  const { client, place, signal } = context;
  return loaded(
    context,
    () => client.leads.get(place.id ?? "", { signal }),
    (lead) => leadPage(context, lead),
  );
};

function leadPage(context: ViewContext, lead: LeadWithResults): HTMLElement {
  context.name(leadName(lead));
  const found = qualificationOf(lead);
  const others = lead.results.filter(({ kind }) => kind !== "qualification");
  return h(
    "div",
    {},
    h(
      "dl",
      { class: "cards" },
      fact("Score", found?.score === undefined ? "–" : h("strong", {}, String(found.score))),
      fact("Tier", found?.tier || "–"),
      fact("Stage", badge(lead.stage)),
      found?.confidence !== undefined && fact("Confidence", formatShare(found.confidence)),
      fact("Source", lead.source),
    ),
    qualifyAction(context, lead),
    found ? evidence(context, found) : h("p", { class: "empty" }, "Nobody has scored this lead yet."),
    facts("Company", lead.company),
    lead.contact && facts("Contact", lead.contact),
    Object.keys(lead.custom).length > 0 &&
      h("section", {}, h("h2", {}, "Further fields"), jsonView(lead.custom)),
    others.map((result) => unfolds(h("h2", {}, `Result: ${result.kind}`), () => jsonView(result.data))),
  );
}

const fact = (name: string, value: Child): HTMLElement => h("div", {}, h("dt", {}, name), h("dd", {}, value));

function qualifyAction(context: ViewContext, lead: LeadWithResults): HTMLElement | undefined {
  const { client, session, can, go, signIn } = context;
  const { qualifier } = session;
  if (qualifier === undefined || !can("agents:run")) return undefined;
  const trouble = h("div");
  const begin = () =>
    whileBusy(place, async () => {
      put(trouble);
      try {
        const { id } = await client.streams.start({ agent: qualifier, leadId: lead.id });
        go(toHash("runs", id));
      } catch (error) {
        put(trouble, errorBox(error, { signIn }));
      }
    });
  const place = h(
    "div",
    {},
    trouble,
    h(
      "p",
      { class: "actions" },
      button("Qualify this lead now", () => void begin()),
    ),
  );
  return place;
}

function evidence(context: ViewContext, found: Qualification): HTMLElement {
  const { reasons, missing, nextAction, nextActionReason, criteria, engine, costUsd, runId, createdAt } =
    found;
  const { forIt, against, unknown } = sidesOf(criteria);
  const about = [
    `By ${engine || "an agent"}`,
    formatTime(createdAt),
    costUsd !== undefined && formatUsd(costUsd),
  ];
  return h(
    "section",
    {},
    h("h2", {}, "Evidence"),
    nextAction !== "" && h("p", {}, h("strong", {}, `Next: ${nextAction}. `), nextActionReason),
    reasons.length > 0 &&
      h(
        "ul",
        {},
        reasons.map((reason) => h("li", {}, reason)),
      ),
    criteriaTable("For", forIt),
    criteriaTable("Against", against),
    criteriaTable("Not known", unknown),
    missing.length > 0 && [
      h("h3", {}, "Missing facts"),
      h(
        "ul",
        {},
        missing.map((each) => h("li", {}, each)),
      ),
    ],
    h(
      "p",
      { class: "quiet" },
      `${about.filter(Boolean).join(", ")}. `,
      runId !== "" && context.can("runs:read") && link(["runs", runId], "How it came to that"),
    ),
  );
}

const columns: readonly Column<Criterion>[] = [
  { title: "Criterion", cell: ({ label }) => label },
  { title: "Outcome", cell: ({ outcome }) => badge(outcome) },
  {
    title: "Points",
    isFigure: true,
    cell: ({ points, maxPoints }) => `${formatCount(points)} of ${formatCount(maxPoints)}`,
  },
  {
    title: "Evidence",
    cell: ({ evidence: text, source }) => [
      text,
      source !== "" && h("span", { class: "quiet" }, ` (${source})`),
    ],
  },
];

function criteriaTable(title: string, criteria: readonly Criterion[]): Child {
  return criteria.length > 0 && [h("h3", {}, title), plainTable(title, columns, criteria)];
}

/** Fields, each with where it is from. */
function facts(title: string, { provenance, ...fields }: JsonObject): HTMLElement {
  const sources = isObject(provenance) ? provenance : {};
  const rows = Object.entries(fields).map(([name, value]) => ({ name, value, from: sources[name] }));
  return h(
    "section",
    {},
    h("h2", {}, title),
    plainTable<{ readonly name: string; readonly value: JsonValue; readonly from: JsonValue | undefined }>(
      title,
      [
        { title: "Field", cell: ({ name }) => name },
        { title: "Value", cell: ({ value }) => jsonView(value) },
        {
          title: "From",
          cell: ({ from }) => h("span", { class: "quiet" }, isObject(from) ? toText(from["source"]) : ""),
        },
      ],
      rows,
    ),
  );
}
