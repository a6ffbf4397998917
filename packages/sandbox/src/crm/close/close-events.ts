import type { SeededIds } from "../shared/seeded-ids.js";
import { microsText, type WorldClock } from "../shared/world-clock.js";
import type { CloseActor, CloseDoc, CloseType } from "./close-doc.js";

/** An entry of the event log. Its dates have no offset. */
export interface CloseEvent {
  readonly id: string;
  readonly date_created: string;
  readonly date_updated: string;
  readonly organization_id: string;
  readonly user_id: string;
  readonly request_id: string;
  readonly api_key_id: string | null;
  readonly object_type: CloseType;
  readonly object_id: string;
  readonly lead_id: string | null;
  readonly action: "created" | "updated" | "deleted" | "merged";
  readonly changed_fields: readonly string[];
  readonly data: CloseDoc | null;
  readonly previous_data: Readonly<Record<string, unknown>>;
  readonly meta: Readonly<Record<string, unknown>>;
}

/** What happened. */
export interface CloseHappening {
  readonly type: CloseType;
  readonly id: string;
  readonly leadId: string | null;
  readonly action: CloseEvent["action"];
  readonly before?: CloseDoc;
  readonly after?: CloseDoc;
  readonly meta?: Readonly<Record<string, unknown>>;
}

/** A page of the log, newest first. */
export interface CloseEventPage {
  readonly data: readonly CloseEvent[];
  readonly cursor_next: string | null;
  readonly cursor_previous: string | null;
}

const DAY_MS = 86_400_000;
const KEPT_DAYS = 30;

/** How events are kept. */
export interface EventLogOptions {
  readonly world: WorldClock;
  readonly ids: SeededIds;
  readonly organizationId: string;
  /** Edits of one object by one user within this time are one event. */
  readonly consolidationMs: number;
  /** Told of each event, again when it was consolidated. */
  readonly onEvent: (event: CloseEvent) => void;
}

/** Close's event log: the last 30 days by the time of their latest update, quick edits consolidated. */
export class CloseEventLog {
  readonly #options: EventLogOptions;
  /** By `date_updated`; a consolidated event moves to the end and leaves a hole. */
  readonly #log: (CloseEvent | undefined)[] = [];
  readonly #open = new Map<string, { at: number; startedMs: number }>();

  constructor(options: EventLogOptions) {
    this.#options = options;
  }

  get events(): readonly CloseEvent[] {
    return this.#log.filter((event) => event !== undefined);
  }

  add(happening: CloseHappening, actor: CloseActor): void {
    const { world, consolidationMs } = this.#options;
    const key = `${happening.id}:${actor.userId}`;
    const open = this.#open.get(key);
    const former = open === undefined ? undefined : this.#log[open.at];
    const isFresh = open !== undefined && world.nowMs() - open.startedMs < consolidationMs;
    const event = this.#eventOf(happening, actor);
    if (happening.action === "updated" && former?.action === "updated" && open !== undefined && isFresh) {
      this.#log[open.at] = undefined;
      this.#push({
        ...event,
        id: former.id,
        date_created: former.date_created,
        changed_fields: [...new Set([...former.changed_fields, ...event.changed_fields])],
        previous_data: { ...event.previous_data, ...former.previous_data },
      });
      open.at = this.#log.length - 1;
      return;
    }
    this.#push(event);
    this.#open.set(key, { at: this.#log.length - 1, startedMs: world.nowMs() });
  }

  #push(event: CloseEvent): void {
    this.#log.push(event);
    this.#options.onEvent(event);
  }

  #eventOf({ type, id, leadId, action, before, after, meta }: CloseHappening, actor: CloseActor): CloseEvent {
    const { world, ids, organizationId } = this.#options;
    const at = microsText(world.nextMicros(), 6, "");
    const changed = before === undefined || after === undefined ? [] : changedFields(before, after);
    return {
      id: `ev_${ids.text(22)}`,
      date_created: at,
      date_updated: at,
      organization_id: organizationId,
      user_id: actor.userId,
      request_id: actor.requestId,
      api_key_id: actor.apiKeyId,
      object_type: type,
      object_id: id,
      lead_id: leadId,
      action,
      changed_fields: changed,
      data: action === "deleted" ? null : (after ?? null),
      previous_data:
        action === "deleted"
          ? { ...before }
          : Object.fromEntries(changed.map((field) => [field, before?.[field] ?? null])),
      meta: { request_method: actor.method, request_path: `/api/v1${actor.path}`, ...meta },
    };
  }

  /** One event by its id. */
  find(id: string): CloseEvent | undefined {
    return this.#log.find((event) => event?.id === id);
  }

  /** @param cursor - `older:N` or `newer:N`, of a page before. */
  page(isAsked: (event: CloseEvent) => boolean, limit: number, cursor: string | undefined): CloseEventPage {
    const oldest = microsText((this.#options.world.nowMs() - KEPT_DAYS * DAY_MS) * 1000, 6, "");
    const [way, place] = (cursor ?? `older:${this.#log.length}`).split(":");
    const from = Number(place);
    const found: { at: number; event: CloseEvent }[] = [];
    const step = way === "newer" ? 1 : -1;
    let at = way === "newer" ? from : from - 1;
    for (; at >= 0 && at < this.#log.length && found.length < limit; at += step) {
      const event = this.#log[at];
      if (event !== undefined && event.date_updated >= oldest && isAsked(event)) found.push({ at, event });
    }
    if (way === "newer") found.reverse();
    const [first, last] = [found[0], found.at(-1)];
    const isEnd = way !== "newer" && at < 0;
    return {
      data: found.map(({ event }) => event),
      cursor_next: isEnd || last === undefined ? null : `older:${last.at}`,
      cursor_previous: `newer:${first === undefined ? from : first.at + 1}`,
    };
  }
}

function changedFields(before: CloseDoc, after: CloseDoc): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}
