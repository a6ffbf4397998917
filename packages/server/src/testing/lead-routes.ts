import { z } from "zod";
import { jsonBody } from "../body.js";
import { route } from "../route.js";

/** What any route of a test has. */
export const shared = {
  tag: "test",
  permission: "leads:read",
  answer: { description: "Done." },
} as const;

/** `GET /leads/{id}`: gives back what it was asked for, and by whom. */
export const lead = route({
  ...shared,
  ...{ method: "GET", path: "/leads/{id}", summary: "A lead" },
  params: z.strictObject({ id: z.string().max(20) }),
  query: z.strictObject({ limit: z.coerce.number().int().max(10).default(5) }),
  handler: async ({ params, query, principal }) => ({ ...params, ...query, by: principal.id }),
});

/** `POST /leads`: gives back what it was sent. */
export const create = route({
  ...shared,
  ...{ method: "POST", path: "/leads", summary: "A new lead", permission: "leads:write" },
  body: jsonBody(
    z.strictObject({ company: z.string().min(1), size: z.strictObject({ min: z.number() }).optional() }),
  ),
  answer: { description: "The lead.", status: 201 },
  handler: async ({ body }) => body,
});

/** A request that sends JSON; a text goes as it is. */
export const json = (value: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  body: typeof value === "string" ? value : JSON.stringify(value),
  headers: { "content-type": "application/json", ...headers },
});
