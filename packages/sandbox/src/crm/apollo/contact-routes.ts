import { jsonAnswer } from "../shared/index.js";
import { failed, notFound, pageAnswer, unprocessable } from "./apollo-answers.js";
import {
  type ApolloCall,
  type ApolloRoute,
  given,
  isTrue,
  listGiven,
  pageGiven,
  rowsGiven,
} from "./apollo-call.js";
import { addressesIn, contactFields, findExisting } from "./apollo-contact.js";
import type { ApolloFields, ApolloRow } from "./apollo-row.js";
import { customProblem } from "./custom-problem.js";

const LARGEST_CREATE = 100;
const LARGEST_UPDATE = 1_000;

/** Contacts: saved people of the team. There is no way to delete one. */
export function contactRoutes(): readonly ApolloRoute[] {
  const name = (action: string) => `api/v1/contacts/${action}`;
  return [
    { method: "POST", path: "/api/v1/contacts", name: name("create"), answer: create },
    {
      method: "POST",
      path: "/api/v1/contacts/search",
      name: name("search"),
      limits: "contact-search",
      answer: search,
    },
    { method: "POST", path: "/api/v1/contacts/bulk_create", name: name("bulk_create"), answer: bulkCreate },
    { method: "POST", path: "/api/v1/contacts/bulk_update", name: name("bulk_update"), answer: bulkUpdate },
    {
      method: "GET",
      path: "/api/v1/contacts/:id",
      name: name("show"),
      answer: ({ world, params }) => {
        const contact = world.contacts.get(params["id"] ?? "");
        return contact === undefined ? notFound("Contact", params["id"]) : jsonAnswer({ contact });
      },
    },
    { method: "PATCH", path: "/api/v1/contacts/:id", name: name("update"), answer: update },
  ];
}

function create(call: ApolloCall): Response {
  const { world, body } = call;
  const refused = refusal(call, body);
  if (refused !== undefined) return refused;
  world.writes.push({ op: "create", kind: "contact", sent: Object.keys(body) });
  const existing = isTrue(call, "run_dedupe") ? findExisting(world.contacts.rows(), body) : undefined;
  const contact =
    existing === undefined
      ? world.contacts.create(contactFields(body))
      : world.contacts.edit(existing.id, contactFields(body, existing));
  return jsonAnswer({ contact });
}

function update(call: ApolloCall): Response {
  const { world, body, params } = call;
  const before = world.contacts.get(params["id"] ?? "");
  if (before === undefined) return notFound("Contact", params["id"]);
  const refused = refusal(call, body);
  if (refused !== undefined) return refused;
  world.writes.push({ op: "update", kind: "contact", sent: Object.keys(body) });
  return jsonAnswer({ contact: world.contacts.edit(before.id, contactFields(body, before)) });
}

function bulkCreate(call: ApolloCall): Response {
  const rows = rowsGiven(call, "contact_attributes");
  if (rows === undefined || rows.length === 0) return unprocessable("contact_attributes is required");
  if (rows.length > LARGEST_CREATE) return unprocessable(`At most ${LARGEST_CREATE} contacts are taken.`);
  const refused = rows.map((row) => refusal(call, row)).find((one) => one !== undefined);
  if (refused !== undefined) return refused;
  const created: ApolloRow[] = [];
  const existing: ApolloRow[] = [];
  for (const row of rows) {
    call.world.writes.push({ op: "create", kind: "contact", sent: Object.keys(row) });
    const found = findExisting(call.world.contacts.rows(), row);
    if (found === undefined) created.push(call.world.contacts.create(contactFields(row)));
    else existing.push(found);
  }
  return jsonAnswer({ created_contacts: created, existing_contacts: existing });
}

function bulkUpdate(call: ApolloCall): Response {
  const rows = rowsGiven(call, "contact_attributes");
  if (rows === undefined || rows.length === 0) return unprocessable("contact_attributes is required");
  if (rows.length > LARGEST_UPDATE) return unprocessable("Please limit your array to fewer than 1000.");
  const refused = rows.map((row) => refusal(call, row)).find((one) => one !== undefined);
  if (refused !== undefined) return refused;
  const contacts = rows.flatMap(({ id, ...body }) => {
    const before = call.world.contacts.get(String(id));
    if (before === undefined) return [];
    call.world.writes.push({ op: "update", kind: "contact", sent: Object.keys(body) });
    return call.world.contacts.edit(before.id, contactFields(body, before)) ?? [];
  });
  if (rows.length > 100)
    return jsonAnswer({ message: "The update is under way.", job_id: call.world.ids.text(12) });
  return jsonAnswer({ contacts });
}

function search(call: ApolloCall): Response {
  const words = given(call, "q_keywords")?.toLowerCase();
  const stages = listGiven(call, "contact_stage_ids");
  const labels = listGiven(call, "contact_label_ids");
  const found = call.world.contacts
    .found()
    .filter(
      (row) =>
        (words === undefined || isAbout(row, words)) &&
        (stages.length === 0 || stages.includes(String(row["contact_stage_id"]))) &&
        (labels.length === 0 || labelsOf(row).some((label) => labels.includes(label))),
    );
  return pageAnswer("contacts", isTrue(call, "sort_ascending") ? found.reverse() : found, pageGiven(call));
}

const labelsOf = (row: ApolloRow): readonly string[] =>
  Array.isArray(row["label_ids"]) ? row["label_ids"].map(String) : [];

/** Keywords are found anywhere, also as parts of words. */
function isAbout(row: ApolloRow, words: string): boolean {
  const { name, title, organization_name: company } = row;
  const texts = [name, title, company, ...addressesIn(row["contact_emails"])];
  return texts.some((text) => typeof text === "string" && text.toLowerCase().includes(words));
}

function refusal({ world }: ApolloCall, body: Readonly<Record<string, unknown>>): Response | undefined {
  const { email } = body;
  if (typeof email === "string" && email !== "" && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email)) {
    return failed(422, "INVALID_EMAIL", `email ${email} is not valid`);
  }
  const custom = body["typed_custom_fields"] as ApolloFields | undefined;
  return customProblem(world.fields, "contact", custom);
}
