import { isRecord, jsonAnswer, type Route, type SeededIds } from "../shared/index.js";
import { factsOf } from "./object-types.js";
import { bodyOf } from "./read-call.js";
import { badRequest, HubspotRefusal } from "./refusal.js";
import { stampText } from "./stored-object.js";
import type { WorldChange } from "./world-change.js";

const PREFIX = "/webhooks-journal";
const EVENTS_A_FILE = 100;
/** The journal goes back three days. */
const KEPT_MS = 3 * 86_400_000;
const LINK_LIFE_MS = 300_000;

interface JournalFile {
  readonly offset: string;
  readonly events: Record<string, unknown>[];
  readonly atMs: number;
}

const ACTIONS: Readonly<Record<WorldChange["action"], string>> = {
  created: "CREATE",
  updated: "UPDATE",
  deleted: "DELETE",
  restored: "RESTORE",
  "privacy-deleted": "GDPR_DELETE",
  merged: "MERGE",
  associated: "ASSOCIATION_ADDED",
};

/** The journal: files of events in their order, each behind a link of its own. */
export class HubspotJournal {
  #files: JournalFile[] = [];
  #waiting: Record<string, unknown>[] = [];
  readonly #subscriptions: Record<string, unknown>[] = [];
  readonly #ids: SeededIds;
  readonly #nowMs: () => number;
  readonly #portalId: number;

  constructor(ids: SeededIds, nowMs: () => number, portalId: number) {
    this.#ids = ids;
    this.#nowMs = nowMs;
    this.#portalId = portalId;
  }

  add(change: WorldChange): void {
    this.#waiting.push({
      type: "object",
      portalId: this.#portalId,
      action: ACTIONS[change.action],
      objectTypeId: factsOf(change.type).typeId,
      objectId: change.id,
      occurredAt: stampText(change.atMs),
      ...(change.action === "merged"
        ? { primaryObjectId: change.primaryId, mergedObjectIds: change.otherIds, newObjectId: change.id }
        : {}),
      ...("values" in change ? { propertyChanges: change.values } : {}),
    });
    if (this.#waiting.length >= EVENTS_A_FILE) this.publish();
  }

  /** Makes a file of what waits. */
  publish(): void {
    if (this.#waiting.length === 0) return;
    const uuid = `${this.#ids.text(8, "0123456789abcdef")}-0000-4000-8000-${this.#ids.text(12, "0123456789abcdef")}`;
    this.#files.push({ offset: uuid, events: this.#waiting, atMs: this.#nowMs() });
    this.#waiting = [];
  }

  routes(): Route[] {
    const route = (method: string, path: string, answer: Route["answer"]): Route => ({
      ...{ method, path: `${PREFIX}/${path}`, answer, group: "journal" },
    });
    return [
      ...["2026-03", "2026-09"].flatMap((version) => [
        route("GET", `journal/${version}/earliest`, ({ url }) => this.#link(url, 0)),
        route("GET", `journal/${version}/latest`, ({ url }) => this.#link(url, this.#kept().length - 1)),
        route("GET", `journal/${version}/offset/:offset/next`, ({ url, params }) =>
          this.#link(url, this.#placeOf(params["offset"] ?? "") + 1),
        ),
        route("GET", `journal/${version}/batch/earliest/:count`, ({ url, params }) =>
          this.#batch(url, 0, Number(params["count"])),
        ),
        route("GET", `journal/${version}/batch/:offset/next/:count`, ({ url, params }) =>
          this.#batch(url, this.#placeOf(params["offset"] ?? "") + 1, Number(params["count"])),
        ),
        route("GET", `subscriptions/${version}`, () => jsonAnswer({ results: this.#subscriptions })),
        route("POST", `subscriptions/${version}`, async (call) => this.#subscribe(await bodyOf(call))),
      ]),
      {
        method: "GET",
        path: `${PREFIX}/files/:offset`,
        group: "file",
        answer: ({ params }) => this.#file(params["offset"] ?? ""),
      },
    ];
  }

  #kept(): readonly JournalFile[] {
    this.publish();
    const sinceMs = this.#nowMs() - KEPT_MS;
    this.#files = this.#files.filter(({ atMs }) => atMs >= sinceMs);
    return this.#files;
  }

  #placeOf(offset: string): number {
    const place = this.#kept().findIndex((file) => file.offset === offset);
    if (place >= 0) return place;
    throw new HubspotRefusal(404, { category: "OBJECT_NOT_FOUND", message: `no offset ${offset}` });
  }

  #link(url: URL, place: number): Response {
    const file = this.#kept()[place];
    return file === undefined ? new Response(null, { status: 204 }) : jsonAnswer(this.#linkBody(url, file));
  }

  #batch(url: URL, from: number, count: number): Response {
    if (!Number.isInteger(count) || count < 1 || count > 100)
      throw badRequest("count must be between 1 and 100");
    const files = this.#kept().slice(from, from + count);
    const at = stampText(this.#nowMs());
    const results = files.map((file) => this.#linkBody(url, file));
    return jsonAnswer({ status: "COMPLETE", results, startedAt: at, completedAt: at });
  }

  #linkBody(url: URL, { offset }: JournalFile): Record<string, unknown> {
    return {
      url: `${url.origin}${PREFIX}/files/${offset}?signature=${offset.slice(0, 8)}`,
      currentOffset: offset,
      expiresAt: stampText(this.#nowMs() + LINK_LIFE_MS),
    };
  }

  #file(offset: string): Response {
    const file = this.#files[this.#placeOf(offset)];
    return jsonAnswer({ offset, publishedAt: stampText(file?.atMs ?? 0), journalEvents: file?.events ?? [] });
  }

  #subscribe(body: Readonly<Record<string, unknown>>): Response {
    if (!isRecord(body) || typeof body["objectTypeId"] !== "string" || !Array.isArray(body["actions"])) {
      throw badRequest("a subscription needs objectTypeId and actions");
    }
    const subscription = { id: this.#ids.count("subscription"), subscriptionType: "OBJECT", ...body };
    this.#subscriptions.push(subscription);
    return jsonAnswer(subscription, 201);
  }
}
