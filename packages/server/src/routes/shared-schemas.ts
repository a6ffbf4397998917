import { type JsonValue, type Page, type PageRequest, SalesAgentError } from "@salesagent/ports";
import { z } from "zod";
import { invalidRequest } from "../request-errors.js";

/** An id as it stands in a path: of anything that has one. */
export const idSchema = z
  .string()
  .min(1)
  .max(400)
  .refine((text) => !/\p{Cc}|\p{Surrogate}/u.test(text), "must be a text without control characters");

export const idParams = z.strictObject({ id: idSchema });

/** Any JSON; no deeper than a value of ours ever is. */
export const jsonSchema: z.ZodType<JsonValue, JsonValue> = z
  .json()
  .meta({ id: "Json", description: "Any JSON." }) as z.ZodType as z.ZodType<JsonValue, JsonValue>;

export const jsonObjectSchema = z.record(z.string(), jsonSchema);

/** Which part of a list: every list takes these. */
export const pageQuery = {
  after: z.string().min(1).max(1_000).optional().describe("The `next` of the page before."),
  limit: z.coerce.number().int().min(1).max(1_000).optional().describe("How many at most; 100 unless told."),
};

/** ISO 8601 in UTC. */
export const timeSchema = z.string().meta({ format: "date-time" });

export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z.string().optional().describe("Where the next page begins; absent on the last."),
  });
}

export const storedErrorSchema = z
  .object({ code: z.string(), message: z.string() })
  .meta({ id: "StoredError" });

/** A page of a list. @throws `request.invalid` for an `after` that is no page's `next`. */
export async function readPage<Item>(
  query: PageRequest,
  read: (page: PageRequest) => Promise<Page<Item>>,
): Promise<Page<Item>> {
  try {
    return await read({ after: query.after, limit: query.limit });
  } catch (error) {
    if (!SalesAgentError.is(error, "store.invalid") || error.facts.field !== "page.after") throw error;
    throw invalidRequest([{ path: "query.after", message: "is not the `next` of a page of this list" }]);
  }
}
