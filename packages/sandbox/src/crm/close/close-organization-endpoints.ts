import { microsOf } from "../shared/world-clock.js";
import { type CloseEndpoint, idOf } from "./close-call.js";
import type { CloseEvent } from "./close-events.js";
import { readText } from "./close-fields.js";
import { type PageCaps, pageOf } from "./close-paging.js";
import { fieldRefusal, missing, plainRefusal } from "./close-refusal.js";
import type { CloseSettings } from "./close-settings.js";
import type { CloseWebhooks } from "./close-webhooks.js";
import type { CloseWorld } from "./close-world.js";

const OWNERS = ["lead", "contact", "opportunity", "activity", "shared"];

/** Endpoints of what isn't a record: who one is, the schema, opt-outs, events and webhooks. */
export function organizationEndpoints(
  world: CloseWorld,
  settings: CloseSettings,
  webhooks: CloseWebhooks,
  caps: PageCaps,
): CloseEndpoint[] {
  const list = (path: string, rows: () => readonly Readonly<Record<string, unknown>>[]): CloseEndpoint => ({
    method: "GET",
    path,
    answer: ({ query }) => pageOf(rows(), query, caps),
  });
  const me = () => ({
    id: world.userId,
    email: "owner@close-sandbox.test",
    first_name: "Sandbox",
    last_name: "Owner",
    organizations: [{ id: world.organizationId, name: "Sandbox" }],
  });
  return [
    { method: "GET", path: "/me/", answer: me },
    list("/user/", () => [me()]),
    ...OWNERS.map((owner) => list(`/custom_field/${owner}/`, () => settings.fieldsOf(owner))),
    ...["lead", "contact", "opportunity"].map(
      (owner): CloseEndpoint => ({
        method: "GET",
        path: `/custom_field_schema/${owner}/`,
        answer: () => ({
          id: owner,
          object_type: owner,
          fields: [...settings.fieldsOf(owner), ...settings.fieldsOf("shared")],
        }),
      }),
    ),
    list("/status/lead/", () => settings.leadStatuses),
    list("/status/opportunity/", () => settings.opportunityStatuses.map((status) => ({ ...status }))),
    list("/pipeline/", () => [{ ...settings.pipeline, statuses: settings.opportunityStatuses }]),
    ...unsubscribeEndpoints(world, caps),
    ...eventEndpoints(world),
    ...webhookEndpoints(webhooks, caps),
  ];
}

function unsubscribeEndpoints(world: CloseWorld, caps: PageCaps): CloseEndpoint[] {
  return [
    {
      method: "GET",
      path: "/unsubscribe/email/",
      answer: ({ query }) =>
        pageOf(
          [...world.unsubscribed].map(([email, at]) => ({ email, date_created: at })),
          query,
          caps,
        ),
    },
    {
      method: "POST",
      path: "/unsubscribe/email/",
      status: 201,
      answer: ({ body }) => {
        const email = readText(body, "email");
        if (typeof email !== "string" || !email.includes("@"))
          throw fieldRefusal("email", "Invalid email address.");
        world.unsubscribed.set(email, world.stamp());
        return { email };
      },
    },
    {
      method: "DELETE",
      path: "/unsubscribe/email/:id/",
      answer: (call) => {
        if (!world.unsubscribed.delete(idOf(call))) throw missing();
        return {};
      },
    },
  ];
}

const FILTERS = ["object_type", "object_id", "lead_id", "action", "user_id"] as const;
const EVENT_PAGE_LIMIT = 50;

function eventEndpoints(world: CloseWorld): CloseEndpoint[] {
  return [
    {
      method: "GET",
      path: "/event/",
      answer: ({ query }) => {
        const limit = Number(query.get("_limit") ?? EVENT_PAGE_LIMIT);
        if (!(limit >= 1 && limit <= EVENT_PAGE_LIMIT))
          throw plainRefusal(`_limit: the maximum is ${EVENT_PAGE_LIMIT}`);
        checkCombination(query);
        const cursor = query.get("_cursor") ?? undefined;
        return world.log.page(eventFilter(query, cursor === undefined), limit, cursor);
      },
    },
    {
      method: "GET",
      path: "/event/:id/",
      answer: (call) => {
        const event = world.log.find(idOf(call));
        if (event === undefined) throw missing();
        return event;
      },
    },
  ];
}

/** Filters that may be used together; dates go with each. */
const COMBINATIONS: ReadonlySet<string> = new Set([
  "",
  "action,object_type",
  "object_id,object_type",
  "action,object_id",
  "lead_id",
  "lead_id,object_type",
  "action,lead_id,object_type",
  "lead_id,user_id",
  "lead_id,object_type,user_id",
  "action,lead_id,object_type,user_id",
  "user_id",
  "object_id,user_id",
  "action,object_id,user_id",
  "object_type,user_id",
  "action,object_type,user_id",
]);

function checkCombination(query: URLSearchParams): void {
  const used = FILTERS.filter((name) => query.has(name))
    .sort()
    .join(",");
  if (!COMBINATIONS.has(used)) throw plainRefusal(`This combination of filters is not supported: ${used}`);
}

/** Behind a cursor the dates of a query count no more. */
function eventFilter(query: URLSearchParams, withDates: boolean): (event: CloseEvent) => boolean {
  const bounds = (["gt", "gte", "lt", "lte"] as const).flatMap((operator) => {
    const text = query.get(`date_updated__${operator}`);
    if (text === null || !withDates) return [];
    const micros = microsOf(text);
    if (micros === undefined) throw plainRefusal(`date_updated__${operator}: not a date`);
    return [{ operator, micros }];
  });
  return (event) => {
    if (FILTERS.some((name) => query.has(name) && query.get(name) !== event[name])) return false;
    if (bounds.length === 0) return true;
    const at = microsOf(event.date_updated) ?? 0;
    return bounds.every(({ operator, micros }) => {
      if (operator === "gt") return at > micros;
      if (operator === "gte") return at >= micros;
      return operator === "lt" ? at < micros : at <= micros;
    });
  };
}

function webhookEndpoints(webhooks: CloseWebhooks, caps: PageCaps): CloseEndpoint[] {
  return [
    {
      method: "GET",
      path: "/webhook/",
      answer: ({ query }) =>
        pageOf(
          webhooks.subscriptions.map(({ signature_key: _key, ...rest }) => rest),
          query,
          caps,
        ),
    },
    { method: "POST", path: "/webhook/", status: 201, answer: ({ body }) => webhooks.create(body) },
    {
      method: "GET",
      path: "/webhook/:id/",
      answer: (call) => {
        const { signature_key: _key, ...rest } = webhooks.find(idOf(call));
        return rest;
      },
    },
    { method: "PUT", path: "/webhook/:id/", answer: (call) => webhooks.update(idOf(call), call.body) },
    {
      method: "DELETE",
      path: "/webhook/:id/",
      answer: (call) => {
        webhooks.remove(idOf(call));
        return {};
      },
    },
  ];
}
