import type { Approval, ApprovalDecision } from "@salesagent/client";
import { badge } from "../badge.js";
import { type Child, h, link, put } from "../element.js";
import { errorBox } from "../error-box.js";
import { button, labelled, whileBusy } from "../field.js";
import { jsonView } from "../json-view.js";
import { leadLink } from "../lead-link.js";
import { recipientOf } from "../recipient.js";
import { formatDistance, formatTime } from "../times.js";
import { typedJson } from "../typed-value.js";
import type { ViewContext } from "../view-context.js";

/** What would be done, to whom and with what; and the way to answer, for those who may. */
export function approvalCard(
  context: ViewContext,
  approval: Approval,
  decided: (approval: Approval) => void,
): HTMLElement {
  const { tool, agent, status, arguments: input, editedArguments, id } = approval;
  const heading = h("h2", { tabindex: "-1", id: `approval-${id}` }, tool, " ", badge(status));
  const canDecide = status === "pending" && context.can("approvals:decide");
  return h(
    "article",
    { class: "card", "aria-labelledby": `approval-${id}` },
    heading,
    h(
      "dl",
      { class: "cards" },
      factsOf(context, approval).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
    ),
    h("h3", {}, `What ${agent} wants to do with ${tool}`),
    jsonView(editedArguments ?? input),
    canDecide && answerForm(context, approval, decided),
  );
}

type Fact = readonly [name: string, value: Child];

function factsOf(context: ViewContext, approval: Approval): readonly Fact[] {
  const {
    arguments: input,
    editedArguments,
    agent,
    runId,
    status,
    requestedAt,
    expiresAt,
    decidedBy,
    reason,
  } = approval;
  const recipient = recipientOf(editedArguments ?? input);
  const canExpire = status === "pending" || status === "approved";
  const facts: readonly (Fact | false)[] = [
    recipient !== undefined && (["To", recipient] as const),
    runId !== undefined && (["Lead", leadOfRun(context, runId)] as const),
    ["Agent", runId === undefined || !context.can("runs:read") ? agent : link(["runs", runId], agent)],
    ["Asked", moment(requestedAt)],
    canExpire && (["Expires", moment(expiresAt)] as const),
    decidedBy !== undefined && (["Decided by", decidedBy] as const),
    reason !== undefined && (["Reason", reason] as const),
  ];
  return facts.filter((fact) => fact !== false);
}

/** The lead that a run is about, once that is known. */
function leadOfRun(context: ViewContext, runId: string): HTMLElement {
  const place = h("span", { class: "quiet" }, "–");
  const { client, signal, can } = context;
  if (!can("runs:read")) return place;
  client.runs
    .get(runId, { signal })
    .then(({ leadId }) => leadId !== undefined && put(place, leadLink(context, leadId)))
    .catch(() => {}); // the run may be gone; the arguments tell whom it is for
  return place;
}

function moment(iso: string): HTMLElement {
  return h("time", { datetime: iso }, `${formatDistance(iso, Date.now())}, ${formatTime(iso)}`);
}

function answerForm(
  context: ViewContext,
  approval: Approval,
  decided: (approval: Approval) => void,
): HTMLElement {
  const { client, announce, signIn } = context;
  const { tool } = approval;
  const given = JSON.stringify(approval.arguments, undefined, 2);
  const reason = h("textarea", { rows: 2, maxlength: 2_000 });
  const edited = h("textarea", { rows: 8, spellcheck: "false", class: "code" });
  edited.value = given;
  const trouble = h("div");

  const decide = async (decision: ApprovalDecision["decision"]) => {
    put(trouble);
    const said = reason.value.trim();
    const change = decision === "approved" && edited.value !== given ? typedJson(edited.value) : undefined;
    if (change && "problem" in change) {
      put(trouble, h("p", { class: "error", role: "alert" }, change.problem));
      edited.focus();
      return;
    }
    const answer: ApprovalDecision = {
      ...{ decision, ...(said !== "" && { reason: said }) },
      ...(change && { editedArguments: change.value }),
    };
    await whileBusy(form, async () => {
      try {
        const now = await client.approvals.decide(approval.id, answer);
        announce(`${tool} is ${decision}`);
        decided(now);
      } catch (error) {
        put(trouble, errorBox(error, { signIn }));
      }
    });
  };
  const form = h(
    "form",
    { on: { submit: (event) => event.preventDefault() } },
    labelled("Reason", reason, "Goes on record with your name; the agent is told why it was refused."),
    h("details", {}, h("summary", {}, "Change what it will do"), labelled("Arguments, as JSON", edited)),
    trouble,
    h(
      "p",
      { class: "actions" },
      button(`Approve ${tool}`, () => void decide("approved"), "main"),
      button(`Refuse ${tool}`, () => void decide("refused"), "danger"),
    ),
  );
  return form;
}
