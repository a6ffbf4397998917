import { jsonAnswer, type Route, type RouteCall } from "../shared/index.js";
import { checkValues } from "./check-values.js";
import type { HubspotWorld } from "./hubspot-world.js";
import { createOne, writtenBody } from "./object-routes.js";
import type { HubspotTypeFacts } from "./object-types.js";
import { bodyOf, innerObject, inputsOf, textsOf, typeOf } from "./read-call.js";
import { badRequest, conflict, HubspotRefusal, invalidProperties } from "./refusal.js";
import { objectBody, type StoredObject, stampText } from "./stored-object.js";
import type { WriteLog } from "./write-log.js";

type Input = Record<string, unknown>;
type Body = Record<string, unknown>;

/** What became of a batch: its rows, and those that failed, named by id or trace id and never by their place. */
interface BatchOutcome {
  readonly results: readonly Body[];
  readonly errors: readonly Body[];
}

/** The batch calls, under one prefix. */
export function batchRoutes(prefix: string, world: HubspotWorld, log: WriteLog, rowErrors: boolean): Route[] {
  const route = (
    op: string,
    work: (facts: HubspotTypeFacts, inputs: Input[], body: Body) => BatchOutcome,
    status = 200,
  ): Route => ({
    method: "POST",
    path: `${prefix}/:type/batch/${op}`,
    group: "general",
    answer: async (call: RouteCall) => {
      const facts = typeOf(call);
      const body = await bodyOf(call);
      return batchAnswer(world, work(facts, inputsOf(body), body), status);
    },
  });
  return [
    route("read", (facts, inputs, body) => readBatch(world, facts, inputs, body)),
    route("create", (facts, inputs) => createBatch(world, log, facts, inputs, rowErrors), 201),
    route("update", (facts, inputs) => updateBatch(world, log, facts, inputs)),
    route("upsert", (facts, inputs) => upsertBatch(world, log, facts, inputs)),
    route("archive", (facts, inputs) => archiveBatch(world, log, facts, inputs), 204),
  ];
}

function batchAnswer(world: HubspotWorld, { results, errors }: BatchOutcome, status: number): Response {
  if (status === 204) return new Response(null, { status });
  const at = stampText(world.nowMs());
  const failed = errors.length === 0 ? {} : { numErrors: errors.length, errors };
  const body = { status: "COMPLETE", results, ...failed, startedAt: at, completedAt: at };
  return jsonAnswer(body, errors.length === 0 ? status : 207);
}

function readBatch(world: HubspotWorld, facts: HubspotTypeFacts, inputs: Input[], body: Body): BatchOutcome {
  const { idProperty } = body;
  const archived = body["archived"] === true;
  const found = new Set<StoredObject>();
  const missing: string[] = [];
  for (const input of inputs) {
    const id = String(input["id"]);
    const object =
      typeof idProperty === "string"
        ? world.findBy(facts.type, idProperty, id)
        : world.find(facts.type, Number(id));
    if (object === undefined || (object.archivedMs !== undefined) !== archived) missing.push(id);
    else found.add(object);
  }
  const properties = textsOf(body["properties"]);
  const known = world.propertiesOf(facts.type);
  return {
    // Each record once, whatever ids led to it, and in an order of its own.
    results: [...found]
      .sort((a, b) => a.id - b.id)
      .map((object) => objectBody(facts, object, properties, known)),
    errors:
      missing.length === 0
        ? []
        : [
            {
              status: "error",
              category: "OBJECT_NOT_FOUND",
              message: `Could not get some ${facts.label} objects, they may be deleted or not exist.`,
              context: { ids: missing },
            },
          ],
  };
}

/** Rows that all have a trace id fail by themselves; else the first bad one fails the batch. */
function createBatch(
  world: HubspotWorld,
  log: WriteLog,
  facts: HubspotTypeFacts,
  inputs: Input[],
  rowErrors: boolean,
): BatchOutcome {
  for (const input of inputs) log.add("create", facts.type, Object.keys(innerObject(input, "properties")));
  const traced = rowErrors && inputs.every((input) => typeof input["objectWriteTraceId"] === "string");
  if (!traced) refuseWhole(world, facts, inputs);
  return eachRow(inputs, traced, (input) => createOne(world, facts, input));
}

/** A whole batch is refused for its first bad row, or an e-mail that is taken; nothing is written. */
function refuseWhole(world: HubspotWorld, facts: HubspotTypeFacts, inputs: Input[]): void {
  const seen = new Set<string>();
  for (const input of inputs) {
    const { values, problems } = checkValues(
      world.propertiesOf(facts.type),
      innerObject(input, "properties"),
    );
    if (problems.length > 0) throw invalidProperties(problems);
    const { email } = values;
    if (facts.type !== "contacts" || email === undefined || email === "") continue;
    const owner = world.findBy("contacts", "email", email);
    if (owner !== undefined) throw conflict(facts.label, owner.id);
    if (seen.has(email)) throw badRequest("Duplicate values found in batch input for property email");
    seen.add(email);
  }
}

function updateBatch(
  world: HubspotWorld,
  log: WriteLog,
  facts: HubspotTypeFacts,
  inputs: Input[],
): BatchOutcome {
  for (const input of inputs) log.add("update", facts.type, Object.keys(innerObject(input, "properties")));
  const ids = inputs.map(({ id }) => String(id));
  if (new Set(ids).size < ids.length) throw badRequest("Duplicate IDs found in batch input");
  return eachRow(inputs, true, (input) => {
    const id = String(input["id"]);
    const object = world.standing(facts.type, id);
    if (String(object.id) !== id) throw notFoundRow(id);
    const properties = innerObject(input, "properties");
    world.edit(object, properties, "INTEGRATION");
    return writtenBody(world, object, properties, input["objectWriteTraceId"]);
  });
}

const notFoundRow = (id: string) =>
  new HubspotRefusal(404, {
    category: "OBJECT_NOT_FOUND",
    message: "resource not found",
    context: { ids: [id] },
  });

function upsertBatch(
  world: HubspotWorld,
  log: WriteLog,
  facts: HubspotTypeFacts,
  inputs: Input[],
): BatchOutcome {
  return eachRow(inputs, true, (input) => {
    const property = String(input["idProperty"] ?? "hs_object_id");
    const id = String(input["id"]);
    const properties = {
      ...innerObject(input, "properties"),
      ...(property === "hs_object_id" ? {} : { [property]: id }),
    };
    const found = world.findBy(facts.type, property, id);
    log.add(found === undefined ? "create" : "update", facts.type, Object.keys(properties));
    if (found !== undefined) world.edit(found, properties, "INTEGRATION");
    const object = found ?? world.create(facts.type, properties, "INTEGRATION");
    return {
      ...writtenBody(world, object, properties, input["objectWriteTraceId"]),
      new: found === undefined,
    };
  });
}

function archiveBatch(
  world: HubspotWorld,
  log: WriteLog,
  facts: HubspotTypeFacts,
  inputs: Input[],
): BatchOutcome {
  for (const { id } of inputs) {
    log.add("remove", facts.type, []);
    const object = world.find(facts.type, Number(id));
    if (object !== undefined) world.archive(object, "INTEGRATION");
  }
  return { results: [], errors: [] };
}

function eachRow(inputs: Input[], single: boolean, work: (input: Input) => Body): BatchOutcome {
  const results: Body[] = [];
  const errors: Body[] = [];
  for (const input of inputs) {
    try {
      results.push(work(input));
    } catch (error) {
      if (!(error instanceof HubspotRefusal) || !single) throw error;
      errors.push(rowError(error, input));
    }
  }
  return { results: results.reverse(), errors };
}

function rowError({ body }: HubspotRefusal, input: Input): Body {
  const traceId = input["objectWriteTraceId"];
  const existing = /Existing ID: (\d+)/.exec(body.message)?.[1];
  const context = {
    ...(traceId === undefined ? { ids: [String(input["id"])] } : { objectWriteTraceId: [String(traceId)] }),
    ...(existing === undefined ? {} : { existingId: [existing] }),
  };
  return { status: "error", ...body, context };
}
