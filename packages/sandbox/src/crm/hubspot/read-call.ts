import { isRecord, type RouteCall, readJsonObject } from "../shared/index.js";
import { type HubspotTypeFacts, typeNamed } from "./object-types.js";
import { badRequest, HubspotRefusal } from "./refusal.js";

/** The type that a path names. */
export function typeOf(call: RouteCall, param = "type"): HubspotTypeFacts {
  const name = call.params[param] ?? "";
  const facts = typeNamed(name);
  if (facts !== undefined) return facts;
  throw new HubspotRefusal(400, {
    category: "VALIDATION_ERROR",
    message: `Unable to infer object type from: ${name}`,
  });
}

/** The body of a call as an object. */
export async function bodyOf(call: RouteCall): Promise<Record<string, unknown>> {
  const body = await readJsonObject(call.request);
  if (body === undefined) throw badRequest("Invalid input JSON");
  return body;
}

/** The inputs of a batch: at least one, at most a hundred. */
export function inputsOf(body: Readonly<Record<string, unknown>>, most = 100): Record<string, unknown>[] {
  const inputs = body["inputs"];
  if (!Array.isArray(inputs) || inputs.length === 0) throw badRequest("inputs must not be empty");
  if (inputs.length > most) throw badRequest(`inputs takes at most ${most} items, got ${inputs.length}`);
  return inputs.map((input: unknown) => {
    if (!isRecord(input)) throw badRequest("each input is an object");
    return input;
  });
}

/** The object of a name inside another; empty where it is not there. */
export function innerObject(body: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  const value = body[name];
  if (value === undefined) return {};
  if (!isRecord(value)) throw badRequest(`${name} must be an object`);
  return value;
}

/** A comma-separated list of a query. */
export function listParam(url: URL, name: string): string[] {
  return url.searchParams
    .getAll(name)
    .flatMap((text) => text.split(","))
    .map((text) => text.trim())
    .filter((text) => text !== "");
}

/** Texts of a list in a body. */
export const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
