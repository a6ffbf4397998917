import type { ServiceClient } from "@salesagent/core/http";
import { type CrmCallOptions, SalesAgentError } from "@salesagent/ports";
import { unsupported } from "./crm-errors.js";
import { objectOf, textOf } from "./wire.js";

/** What a task is for. */
export type ApolloTaskType =
  | "call"
  | "outreach_manual_email"
  | "linkedin_step_connect"
  | "linkedin_step_message"
  | "linkedin_step_view_profile"
  | "linkedin_step_interact_post"
  | "action_item";

/** A task that is to be made. */
export interface ApolloTaskDraft {
  readonly type: ApolloTaskType;
  readonly contactId: string;
  /** Who is to do it; an id of Apollo's. */
  readonly userId: string;
  /** ISO 8601. */
  readonly dueAt?: string;
  readonly title?: string;
  readonly note?: string;
  /** @defaultValue "medium" */
  readonly priority?: "high" | "medium" | "low";
}

/** Tasks of the team. */
export interface ApolloTasks {
  /** @throws `crm.unsupported` without the option `crm`; an error of `replay: "unsafe"` when it is not known whether it was made. */
  create(draft: ApolloTaskDraft, call?: CrmCallOptions): Promise<{ readonly id: string }>;
  complete(id: string, call?: CrmCallOptions): Promise<void>;
  skip(id: string, call?: CrmCallOptions): Promise<void>;
}

/** The calls for tasks. */
export function apolloTasks(client: ServiceClient, writes: boolean): ApolloTasks {
  const mayWrite = (operation: string) => {
    if (!writes)
      throw unsupported(operation, "activity", "Set the option crm: true to let the SDK write to Apollo.");
  };
  const end = async (id: string, how: "complete" | "skip", call?: CrmCallOptions) => {
    mayWrite(`tasks.${how}`);
    await client.post(`/tasks/${encodeURIComponent(id)}/${how}`, {
      ...call,
      replay: "safe",
      group: `tasks/${how}`,
    });
  };
  return {
    create: async (draft, call) => {
      mayWrite("tasks.create");
      const json = {
        type: draft.type,
        contact_id: draft.contactId,
        user_id: draft.userId,
        priority: draft.priority ?? "medium",
        status: "scheduled",
        due_at: draft.dueAt,
        title: draft.title,
        note: draft.note,
      };
      const answer = await client.post("/tasks", { ...call, json, group: "tasks/create" });
      const id = textOf(objectOf(objectOf(answer.body())["task"])["id"]);
      if (id !== undefined) return { id };
      throw new SalesAgentError("service.malformed_response", {
        message:
          "apollo: it answered the making of a task with success and without the task. Look in Apollo before it is made again.",
        facts: { service: "apollo" },
        replay: "unsafe",
      });
    },
    complete: (id, call) => end(id, "complete", call),
    skip: (id, call) => end(id, "skip", call),
  };
}
