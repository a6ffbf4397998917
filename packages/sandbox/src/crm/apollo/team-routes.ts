import { jsonAnswer } from "../shared/index.js";
import { notFound, pageAnswer, unprocessable } from "./apollo-answers.js";
import { type ApolloCall, type ApolloRoute, given, pageGiven } from "./apollo-call.js";
import type { ApolloFields } from "./apollo-row.js";

const TASK_TYPES = new Set([
  "call",
  "outreach_manual_email",
  "linkedin_step_connect",
  "linkedin_step_message",
  "linkedin_step_view_profile",
  "linkedin_step_interact_post",
  "action_item",
]);

/** Tasks, notes, fields, users and what was used. `usage` tells of every endpoint that has been called. */
export function teamRoutes(usage: () => Readonly<Record<string, unknown>>): readonly ApolloRoute[] {
  return [
    { method: "POST", path: "/api/v1/tasks", name: "api/v1/tasks/create", answer: createTask },
    {
      method: "POST",
      path: "/api/v1/tasks/search",
      name: "api/v1/tasks/search",
      answer: (call) => pageAnswer("tasks", call.world.tasks.found(), pageGiven(call)),
    },
    {
      method: "POST",
      path: "/api/v1/tasks/:id/complete",
      name: "api/v1/tasks/complete",
      answer: (call) => endTask(call, "completed"),
    },
    {
      method: "POST",
      path: "/api/v1/tasks/:id/skip",
      name: "api/v1/tasks/skip",
      answer: (call) => endTask(call, "skipped"),
    },
    {
      method: "GET",
      path: "/api/v1/notes",
      name: "api/v1/notes/index",
      answer: (call) => {
        const contact = given(call, "contact_id");
        const rows = call.world.notes.found().filter((row) => !contact || row["contact_id"] === contact);
        return pageAnswer("notes", rows, pageGiven(call));
      },
    },
    {
      method: "GET",
      path: "/api/v1/fields",
      name: "api/v1/fields/index",
      answer: ({ world }) =>
        jsonAnswer({
          fields: world.fields.map(({ picklist, ...field }) => ({
            ...field,
            source: "custom",
            picklist_options: picklist ?? [],
          })),
        }),
    },
    {
      method: "GET",
      path: "/api/v1/users/search",
      name: "api/v1/users/search",
      answer: ({ world }) => jsonAnswer({ users: world.users }),
    },
    {
      method: "POST",
      path: "/api/v1/usage_stats/api_usage_stats",
      name: "api/v1/usage_stats/api_usage_stats",
      answer: () => jsonAnswer(usage()),
    },
    {
      method: "POST",
      path: "/api/v1/usage_stats/credit_usage_stats",
      name: "api/v1/usage_stats/credit_usage_stats",
      answer: ({ world }) => jsonAnswer({ credits_consumed: world.database.credits }),
    },
  ];
}

function createTask({ world, body }: ApolloCall): Response {
  const { type, contact_id: contactId } = body;
  if (typeof type !== "string" || !TASK_TYPES.has(type))
    return unprocessable(`${String(type)} is no type of a task`);
  if (world.contacts.get(String(contactId)) === undefined) return unprocessable("contact_id is no contact");
  world.writes.push({ op: "create", kind: "task", sent: Object.keys(body) });
  return jsonAnswer({ task: world.tasks.create({ status: "scheduled", ...(body as ApolloFields) }) });
}

function endTask({ world, params }: ApolloCall, status: string): Response {
  const task = world.tasks.edit(params["id"] ?? "", { status });
  if (task === undefined) return notFound("Task");
  world.writes.push({ op: "update", kind: "task", sent: ["status"] });
  return jsonAnswer({ task });
}
