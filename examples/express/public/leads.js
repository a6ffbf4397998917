import { createClient, emptyRunView, runView } from "/salesagent-client/index.js";

const client = createClient({ url: "/sales" });
const element = (id) => document.getElementById(id);
/** What comes from leads is only ever text, never markup. */
const create = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });

let shown; // the lead
let following = new AbortController();

async function showLeads(pages) {
  const { value: page } = await pages.next();
  for (const lead of page.items) {
    const button = create("button", lead.company.name);
    button.addEventListener("click", () => showLead(lead.id));
    const item = document.createElement("li");
    item.append(button);
    element("leads").append(item);
  }
  if (element("leads").childElementCount === 0) element("leads").append(create("li", "No leads yet."));
  element("more").hidden = page.next === undefined;
}

async function showLead(id, streamId) {
  following.abort();
  shown = await client.leads.get(id);
  const { name, provenance: _, ...facts } = shown.company;
  element("lead").hidden = false;
  element("company").textContent = name;
  element("facts").replaceChildren(
    ...Object.entries(facts).flatMap(([fact, value]) => [create("dt", fact), create("dd", toText(value))]),
  );
  showRun(emptyRunView);
  location.hash = new URLSearchParams({ lead: id, ...(streamId && { run: streamId }) });
  if (streamId) await follow(streamId);
}

async function start(agent) {
  following.abort();
  showRun({ ...emptyRunView, status: "running" });
  const { id } = await client.streams.start({ agent, leadId: shown.id });
  location.hash = new URLSearchParams({ lead: shown.id, run: id }); // a reload shows the same run
  await follow(id);
}

async function follow(id) {
  following = new AbortController();
  const { signal } = following;
  element("stop").onclick = () => client.streams.stop(id).catch(showError);
  let view = emptyRunView;
  const onConnection = ({ status }) => {
    element("status").textContent = status === "waiting" ? "reconnecting …" : view.status;
  };
  for await (const event of client.streams.follow(id, { signal, onConnection })) {
    view = runView(view, event);
    showRun(view);
  }
}

function toText(value) {
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value !== "object") return value;
  return value.max === undefined ? `${value.min} or more` : `${value.min}–${value.max}`;
}

function showRun({ status, text, events, output, error }) {
  element("status").textContent = status === "idle" ? "" : status;
  element("stop").hidden = status !== "running";
  element("text").textContent = text;
  element("error").textContent = error ? `${error.code}: ${error.message}` : "";
  const criteria = new Map(
    events.filter(({ type }) => type === "criterion").map(({ data }) => [data.name, data]),
  );
  element("criteria").replaceChildren(
    ...[...criteria.values()].map(({ label, points, evidence }) => {
      const row = document.createElement("tr");
      row.append(create("td", label), create("td", `${points} points`), create("td", evidence));
      return row;
    }),
  );
  const isScore = typeof output?.score === "number";
  element("score").hidden = !isScore;
  if (isScore) {
    element("score").textContent =
      `${output.score} of 100, tier ${output.tier}, by ${output.engine}: ${output.nextActionReason}`;
  }
}

function showError(error) {
  if (error?.name === "AbortError") return; // another lead is shown
  element("status").textContent = "";
  element("error").textContent = `${error.code ?? error.name}: ${error.detail ?? error.message}`;
}

const guarded = (work) => () => work().catch(showError);
const pages = client.leads.list({ limit: 20 });
element("more").onclick = guarded(() => showLeads(pages));
element("qualify").onclick = guarded(() => start("qualification"));
element("write").onclick = guarded(() => start("writer"));

const me = await (await fetch("/me")).json();
element("user").textContent = `${me.name}, ${me.role} of ${me.tenant}`;
await showLeads(pages).catch(showError);
const { lead, run } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
if (lead) await showLead(lead, run).catch(showError);
