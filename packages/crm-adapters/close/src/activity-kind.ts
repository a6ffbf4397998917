import { urlPath } from "@salesagent/core/http";
import type {
  CrmCallOptions,
  CrmChange,
  CrmDraft,
  CrmFound,
  CrmKindSupport,
  CrmRecord,
} from "@salesagent/ports";
import {
  ACTIVITY_FIELDS,
  ACTIVITY_SHAPES,
  type ActivityType,
  activityFieldName,
  activityTypeOf,
  fromActivity,
  leadOfActivity,
  newActivity,
  toActivity,
} from "./activity-fields.js";
import type { CloseApi } from "./close-api.js";
import { notFound, unsupported } from "./close-errors.js";
import type { CloseKind } from "./close-kind.js";
import { ownFields } from "./close-schema.js";
import { refusingFields } from "./field-refusals.js";
import type { JsonRecord } from "./json-record.js";

type Activity = CrmRecord<"activity">;

/** An activity as it was found. */
interface Found {
  readonly type: ActivityType;
  readonly doc: JsonRecord;
}

/** Types whose ids begin alike, so that one has to be tried after the other. */
const LOGGED: readonly ActivityType[] = ["note", "call", "email"];

/** Notes, tasks, calls and logs of e-mail. None of it is ever sent to anybody. */
export class ActivityKind implements CloseKind<"activity"> {
  readonly support: CrmKindSupport = {
    ...{ create: true, update: true, remove: true, list: false, changes: false, removals: false },
    lookup: [],
    maxBatch: 1,
    fields: ACTIVITY_FIELDS,
    customFields: [],
    links: ["company", "contact"],
    requiredLink: "company",
  };
  readonly #api: CloseApi;
  readonly #refusing = refusingFields({ kind: "activity", nameOf: activityFieldName });

  constructor(api: CloseApi) {
    this.#api = api;
  }

  list(): never {
    throw unsupported("list", "activity");
  }

  changes(): never {
    throw unsupported("changes", "activity");
  }

  async lookup(): Promise<CrmFound<"activity">> {
    throw unsupported("lookup", "activity");
  }

  async get(id: string, call: CrmCallOptions | undefined): Promise<Activity | undefined> {
    const found = await this.#find(id, call);
    return found === undefined ? undefined : fromActivity(found.doc, found.type);
  }

  async create({ fields, links }: CrmDraft<"activity">, call: CrmCallOptions | undefined): Promise<Activity> {
    const type = activityTypeOf(fields.type);
    const contactId = links?.contact?.[0];
    const body = {
      ...newActivity(type),
      lead_id: leadOfActivity(links),
      ...(contactId === undefined || type === "task" ? {} : { contact_id: contactId }),
      ...toActivity(type, fields),
    };
    const doc = await this.#refusing(undefined, () =>
      this.#api.create(ACTIVITY_SHAPES[type].path, body, call),
    );
    return fromActivity(doc, type);
  }

  async update(
    { id, fields = {} }: CrmChange<"activity">,
    call: CrmCallOptions | undefined,
  ): Promise<Activity> {
    const found = await this.#find(id, call);
    if (found === undefined) throw notFound("activity", id);
    const body = toActivity(found.type, fields);
    if (Object.keys(body).length === 0) return fromActivity(found.doc, found.type);
    const path = this.#path(found.type, id);
    const doc = await this.#refusing(id, () => this.#api.patch(path, body, call));
    if (doc === undefined) throw notFound("activity", id);
    return fromActivity(doc, found.type);
  }

  async remove(id: string, call: CrmCallOptions | undefined): Promise<void> {
    for (const type of this.#typesOf(id)) {
      if (await this.#api.remove(this.#path(type, id), call)) return;
    }
  }

  async schema() {
    return ownFields({
      ...{ note: "text", title: "text", text: "text", date: "instant", is_complete: "boolean" },
      ...{ subject: "text", body_text: "text", direction: "choice", activity_at: "instant" },
      ...{ user_id: "other", assigned_to: "other" },
    });
  }

  async #find(id: string, call: CrmCallOptions | undefined): Promise<Found | undefined> {
    for (const type of this.#typesOf(id)) {
      const doc = await this.#api.find(this.#path(type, id), {}, call);
      if (doc !== undefined) return { type, doc };
    }
    return undefined;
  }

  #typesOf(id: string): readonly ActivityType[] {
    return id.startsWith("task_") ? ["task"] : LOGGED;
  }

  #path(type: ActivityType, id: string): string {
    return `${ACTIVITY_SHAPES[type].path}${urlPath`${id}/`}`;
  }
}
