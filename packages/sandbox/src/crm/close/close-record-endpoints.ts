import { type CloseCall, type CloseEndpoint, idOf } from "./close-call.js";
import { type CloseDoc, pickFields } from "./close-doc.js";
import type { CloseObjects } from "./close-objects.js";
import { fieldsOf, isOneOf, ordered, type PageCaps, pageOf, withinDates } from "./close-paging.js";
import { fieldRefusal } from "./close-refusal.js";
import type { CloseWorld } from "./close-world.js";

const OPPORTUNITY_DATES = ["date_created", "date_updated", "date_won"];
const OPPORTUNITY_ORDERS = [...OPPORTUNITY_DATES, "confidence", "value"];
const OPPORTUNITY_FILTERS = ["lead_id", "user_id", "status_id", "status_type", "value_period"];

/** Endpoints of leads, contacts and opportunities. */
export function recordEndpoints(world: CloseWorld, objects: CloseObjects, caps: PageCaps): CloseEndpoint[] {
  const shown = (
    render: (doc: CloseDoc) => Readonly<Record<string, unknown>>,
    doc: CloseDoc,
    call: CloseCall,
  ) => pickFields(render(doc), fieldsOf(call.query));
  const lead = (doc: CloseDoc) => objects.renderLead(doc);
  const contact = (doc: CloseDoc) => objects.renderContact(doc);
  const opportunity = (doc: CloseDoc) => objects.renderOpportunity(doc);
  const remove = (type: "lead" | "contact" | "opportunity") => (call: CloseCall) => {
    world.remove(type, idOf(call), call.actor);
    return {};
  };
  return [
    {
      method: "GET",
      path: "/lead/",
      answer: ({ query }) => pageOf(world.all("lead"), query, caps, lead),
    },
    { method: "POST", path: "/lead/", answer: (call) => lead(objects.createLead(call.body, call.actor)) },
    {
      method: "GET",
      path: "/lead/:id/",
      answer: (call) => shown(lead, world.need("lead", idOf(call)), call),
    },
    {
      method: "PUT",
      path: "/lead/:id/",
      answer: (call) => lead(objects.updateLead(idOf(call), call.body, call.actor)),
    },
    { method: "DELETE", path: "/lead/:id/", answer: remove("lead") },
    { method: "POST", path: "/lead/merge/", answer: (call) => merge(world, call) },
    {
      method: "GET",
      path: "/contact/",
      answer: ({ query }) => {
        const leadId = query.get("lead_id");
        const docs = leadId === null ? world.all("contact") : world.childrenOf(leadId, "contact");
        return pageOf(docs, query, caps, contact);
      },
    },
    {
      method: "POST",
      path: "/contact/",
      answer: (call) => contact(objects.createContact(call.body, call.actor)),
    },
    {
      method: "GET",
      path: "/contact/:id/",
      answer: (call) => shown(contact, world.need("contact", idOf(call)), call),
    },
    {
      method: "PUT",
      path: "/contact/:id/",
      answer: (call) => contact(objects.updateContact(idOf(call), call.body, call.actor)),
    },
    { method: "DELETE", path: "/contact/:id/", answer: remove("contact") },
    {
      method: "GET",
      path: "/opportunity/",
      answer: ({ query }) => {
        const typed = objects
          .withStatusTypes(world.all("opportunity"))
          .filter((doc) => withinDates(doc, query, OPPORTUNITY_DATES))
          .filter((doc) => OPPORTUNITY_FILTERS.every((field) => isOneOf(doc, query, field)));
        return pageOf(ordered(typed, query, OPPORTUNITY_ORDERS), query, caps, opportunity);
      },
    },
    {
      method: "POST",
      path: "/opportunity/",
      answer: (call) => opportunity(objects.createOpportunity(call.body, call.actor)),
    },
    {
      method: "GET",
      path: "/opportunity/:id/",
      answer: (call) => shown(opportunity, world.need("opportunity", idOf(call)), call),
    },
    {
      method: "PUT",
      path: "/opportunity/:id/",
      answer: (call) => opportunity(objects.updateOpportunity(idOf(call), call.body, call.actor)),
    },
    { method: "DELETE", path: "/opportunity/:id/", answer: remove("opportunity") },
  ];
}

function merge(world: CloseWorld, { body, actor }: CloseCall): object {
  const { source, destination } = body;
  if (typeof source !== "string" || world.find("lead", source) === undefined) {
    throw fieldRefusal("source", "Lead does not exist.");
  }
  if (typeof destination !== "string" || world.find("lead", destination) === undefined) {
    throw fieldRefusal("destination", "Lead does not exist.");
  }
  if (source === destination) throw fieldRefusal("destination", "Cannot merge a lead into itself.");
  world.mergeLeads(source, destination, actor);
  return {};
}
