import { isRecord, jsonAnswer, type Route, type RouteCall } from "../shared/index.js";
import type { HubspotWorld } from "./hubspot-world.js";
import { bodyOf, inputsOf, typeOf } from "./read-call.js";
import { badRequest } from "./refusal.js";
import { stampText } from "./stored-object.js";

const SINGLE_PREFIXES = ["/crm/v4/objects", "/crm/objects/2026-03", "/crm/objects/2026-09"];
const BATCH_PREFIXES = ["/crm/v4/associations", "/crm/associations/2026-03", "/crm/associations/2026-09"];
/** Ends of one record that a page holds. */
const PAGE = 500;

/** Tying records, and reading what they are tied to. */
export function associationRoutes(world: HubspotWorld): Route[] {
  return [
    ...SINGLE_PREFIXES.map((prefix) => ({
      method: "PUT",
      path: `${prefix}/:from/:fromId/associations/default/:to/:toId`,
      group: "general",
      answer: (call: RouteCall) => {
        tie(world, call, call.params["fromId"] ?? "", call.params["toId"] ?? "");
        return jsonAnswer({ status: "COMPLETE", results: [] });
      },
    })),
    ...BATCH_PREFIXES.flatMap((prefix) => [
      batchRoute(prefix, "read", (call) => readBatch(world, call)),
      batchRoute(prefix, "associate/default", (call) => tieBatch(world, call)),
    ]),
  ];
}

const batchRoute = (prefix: string, op: string, answer: Route["answer"]): Route => ({
  method: "POST",
  path: `${prefix}/:from/:to/batch/${op}`,
  group: "general",
  answer,
});

function tie(world: HubspotWorld, call: RouteCall, fromId: string, toId: string): void {
  const from = world.standing(typeOf(call, "from").type, fromId);
  world.associate(from, world.standing(typeOf(call, "to").type, toId), "INTEGRATION");
}

async function tieBatch(world: HubspotWorld, call: RouteCall): Promise<Response> {
  for (const { from, to } of inputsOf(await bodyOf(call), 2000)) {
    if (!isRecord(from) || !isRecord(to)) throw badRequest("an input needs from.id and to.id");
    tie(world, call, String(from["id"]), String(to["id"]));
  }
  const at = stampText(world.nowMs());
  return jsonAnswer({ status: "COMPLETE", results: [], startedAt: at, completedAt: at });
}

/** Records without an end are told as errors, as HubSpot does, under 207. */
async function readBatch(world: HubspotWorld, call: RouteCall): Promise<Response> {
  const from = typeOf(call, "from");
  const to = typeOf(call, "to");
  const results: unknown[] = [];
  const errors: unknown[] = [];
  for (const { id, after } of inputsOf(await bodyOf(call), 1000)) {
    const object = world.find(from.type, Number(id));
    const all = object === undefined ? [] : world.associations.of(from.type, object.id, to.type);
    const start = Number(after ?? 0);
    const ends = all.slice(start, start + PAGE);
    if (ends.length === 0) {
      const message = `No ${to.singular} is associated with ${from.singular} ${id}.`;
      errors.push({
        status: "error",
        category: "OBJECT_NOT_FOUND",
        subCategory: "crm.associations.NO_ASSOCIATIONS_FOUND",
        message,
        context: { fromObjectId: [String(id)] },
      });
      continue;
    }
    results.push({
      from: { id: String(id) },
      to: ends.map(({ toId, typeIds }) => ({
        toObjectId: toId,
        associationTypes: typeIds.map((typeId) => ({
          category: "HUBSPOT_DEFINED",
          typeId,
          label: typeId < 10 && to.type === "companies" ? "Primary" : null,
        })),
      })),
      ...(start + PAGE < all.length ? { paging: { next: { after: String(start + PAGE) } } } : {}),
    });
  }
  const at = stampText(world.nowMs());
  const failed = errors.length === 0 ? {} : { numErrors: errors.length, errors };
  const body = { status: "COMPLETE", results, ...failed, startedAt: at, completedAt: at };
  return jsonAnswer(body, errors.length === 0 ? 200 : 207);
}
