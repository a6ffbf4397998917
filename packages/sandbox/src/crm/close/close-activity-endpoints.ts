import { type CloseCall, type CloseEndpoint, idOf } from "./close-call.js";
import { readText } from "./close-fields.js";
import { isOneOf, ordered, type PageCaps, pageOf, withinDates } from "./close-paging.js";
import { fieldRefusal, plainRefusal } from "./close-refusal.js";
import type { CloseWorld } from "./close-world.js";

type ActivityType = "activity.note" | "activity.call" | "activity.email";

const TYPES: readonly { readonly type: ActivityType; readonly path: string; readonly name: string }[] = [
  { type: "activity.note", path: "note", name: "Note" },
  { type: "activity.call", path: "call", name: "Call" },
  { type: "activity.email", path: "email", name: "Email" },
];

const TEXTS: Readonly<Record<ActivityType, readonly string[]>> = {
  "activity.note": ["note", "note_html", "title", "contact_id", "activity_at", "user_id"],
  "activity.call": ["note", "direction", "status", "contact_id", "activity_at", "phone", "user_id"],
  "activity.email": [
    "subject",
    "body_text",
    "body_html",
    "status",
    "sender",
    "direction",
    "contact_id",
    "activity_at",
    "user_id",
  ],
};

const EMAIL_STATUSES = ["inbox", "draft", "scheduled", "outbox", "sent", "error"];

/** Endpoints of activities and tasks. `onMail` is told of each mail that Close would send. */
export function activityEndpoints(
  world: CloseWorld,
  caps: PageCaps,
  onMail: (id: string) => void,
): CloseEndpoint[] {
  return [
    {
      method: "GET",
      path: "/activity/",
      answer: ({ query }) => {
        const all = TYPES.flatMap(({ type }) => world.all(type));
        if (query.get("_order_by") === "-activity_at" && query.get("lead_id") === null) {
          throw plainRefusal("_order_by: -activity_at needs a lead_id");
        }
        const kept = ordered(all, query, ["date_created", "activity_at"])
          .filter((doc) => withinDates(doc, query, ["date_created", "activity_at"]))
          .filter((doc) =>
            ["lead_id", "contact_id", "user_id", "_type"].every((field) => isOneOf(doc, query, field)),
          );
        return pageOf(kept, query, caps);
      },
    },
    ...TYPES.flatMap((kind) => typedEndpoints(world, caps, kind, onMail)),
    ...taskEndpoints(world, caps),
  ];
}

function typedEndpoints(
  world: CloseWorld,
  caps: PageCaps,
  { type, path, name }: (typeof TYPES)[number],
  onMail: (id: string) => void,
): CloseEndpoint[] {
  const fields = (body: CloseCall["body"]) =>
    Object.fromEntries(
      TEXTS[type].flatMap((field) => {
        const value = readText(body, field);
        return value === undefined ? [] : [[field, value]];
      }),
    );
  return [
    {
      method: "GET",
      path: `/activity/${path}/`,
      answer: ({ query }) =>
        pageOf(
          world.all(type).filter((doc) => isOneOf(doc, query, "lead_id")),
          query,
          caps,
        ),
    },
    {
      method: "POST",
      path: `/activity/${path}/`,
      answer: ({ body, actor }) => {
        const leadId = needLead(world, body);
        if (type === "activity.email") checkMail(body);
        const sent = { activity_at: world.stamp(), user_id: actor.userId, ...fields(body) };
        const doc = world.insert(type, { _type: name, lead_id: leadId, ...sent }, actor);
        if (body["status"] === "outbox") onMail(doc.id);
        return doc;
      },
    },
    { method: "GET", path: `/activity/${path}/:id/`, answer: (call) => world.need(type, idOf(call)) },
    {
      method: "PUT",
      path: `/activity/${path}/:id/`,
      answer: (call) => world.patch(type, idOf(call), fields(call.body), call.actor),
    },
    {
      method: "DELETE",
      path: `/activity/${path}/:id/`,
      answer: (call) => {
        world.remove(type, idOf(call), call.actor);
        return {};
      },
    },
  ];
}

function checkMail(body: CloseCall["body"]): void {
  const { status, sender } = body;
  if (typeof status !== "string" || !EMAIL_STATUSES.includes(status)) {
    throw fieldRefusal("status", `Must be one of ${EMAIL_STATUSES.join(", ")}.`);
  }
  if (["inbox", "scheduled", "outbox", "error"].includes(status) && typeof sender !== "string") {
    throw fieldRefusal("sender", "Required for this status.");
  }
}

function taskEndpoints(world: CloseWorld, caps: PageCaps): CloseEndpoint[] {
  const fields = ({ body }: CloseCall) => {
    const { is_complete: isComplete } = body;
    if (isComplete !== undefined && typeof isComplete !== "boolean") {
      throw fieldRefusal("is_complete", "Not a boolean.");
    }
    const texts = ["text", "date", "assigned_to"].flatMap((field) => {
      const value = readText(body, field);
      return value === undefined ? [] : [[field, value]];
    });
    return { ...Object.fromEntries(texts), ...(isComplete === undefined ? {} : { is_complete: isComplete }) };
  };
  return [
    {
      method: "GET",
      path: "/task/",
      answer: ({ query }) => {
        const kept = ordered(world.all("task.lead"), query, ["date", "date_created"])
          .filter((doc) => withinDates(doc, query, ["date", "date_created", "date_updated"]))
          .filter((doc) =>
            ["_type", "assigned_to", "is_complete", "lead_id"].every((field) => isOneOf(doc, query, field)),
          );
        return pageOf(kept, query, caps);
      },
    },
    {
      method: "POST",
      path: "/task/",
      answer: (call) => {
        const leadId = needLead(world, call.body);
        const empty = { text: "", date: null, is_complete: false, assigned_to: call.actor.userId };
        return world.insert(
          "task.lead",
          { _type: "lead", ...empty, ...fields(call), lead_id: leadId },
          call.actor,
        );
      },
    },
    { method: "GET", path: "/task/:id/", answer: (call) => world.need("task.lead", idOf(call)) },
    {
      method: "PUT",
      path: "/task/:id/",
      answer: (call) => world.patch("task.lead", idOf(call), fields(call), call.actor),
    },
    {
      method: "DELETE",
      path: "/task/:id/",
      answer: (call) => {
        world.remove("task.lead", idOf(call), call.actor);
        return {};
      },
    },
  ];
}

function needLead(world: CloseWorld, body: CloseCall["body"]): string {
  const leadId = readText(body, "lead_id");
  if (typeof leadId !== "string") throw fieldRefusal("lead_id", "This field is required.");
  if (world.find("lead", leadId) === undefined) throw fieldRefusal("lead_id", "Lead does not exist.");
  return leadId;
}
