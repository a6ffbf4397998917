import { isAllowed, mayGive, PERMISSIONS, type Permission, ROLES } from "@salesagent/core/access";
import { type Role, SalesAgentError } from "@salesagent/ports";
import { z } from "zod";
import { jsonBody } from "../body.js";
import { invalidRequest, notFound } from "../request-errors.js";
import { type Route, type RouteContext, route } from "../route.js";
import { idParams, pageQuery, pageSchema, readPage, timeSchema } from "./shared-schemas.js";
import { instantSchema } from "./time-schemas.js";

const roleSchema = z.enum(ROLES as [Role, ...Role[]]);
const permissionSchema = z.enum(PERMISSIONS as readonly string[] as [Permission, ...Permission[]]);

const keySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    role: roleSchema,
    scopes: z.array(z.string()).optional().describe("All of the role where there are none."),
    createdBy: z.string(),
    createdAt: timeSchema,
    expiresAt: timeSchema.optional(),
    revokedAt: timeSchema.optional(),
    lastUsedAt: timeSchema.optional().describe("Noted once a minute at most."),
  })
  .meta({ id: "ApiKey" });

const keyBody = z.strictObject({
  name: z.string().min(1).max(200).describe("What it is for."),
  role: roleSchema,
  scopes: z.array(permissionSchema).min(1).max(100).optional().describe("The only permissions of the role."),
  expiresAt: instantSchema.optional(),
});

const tag = "keys";

/** Keys with which programs ask. */
export const keyRoutes: readonly Route[] = [
  route({
    ...{ method: "GET", path: "/keys", tag, permission: "keys:manage" },
    summary: "Keys, latest first; revoked and expired ones too",
    query: z.strictObject(pageQuery),
    answer: { description: "A page of keys, without what would prove them.", schema: pageSchema(keySchema) },
    handler: ({ principal: { tenant }, query, sales, signal }) =>
      readPage(query, (page) => sales.apiKeys.list(tenant, page, { signal })),
  }),
  route({
    ...{ method: "POST", path: "/keys", tag, permission: "keys:manage" },
    summary: "Makes a key, which may do no more than who makes it. Its text is told this once",
    body: jsonBody(keyBody),
    answer: {
      status: 201,
      description: "The key and its record.",
      schema: z.object({ key: z.string(), record: keySchema }),
    },
    handler: (context) => issue(context),
  }),
  route({
    ...{ method: "DELETE", path: "/keys/{id}", tag, permission: "keys:manage" },
    summary: "Revokes a key for good; other processes believe it for 30 seconds at most",
    params: idParams,
    answer: { status: 204, description: "It is revoked." },
    async handler({ principal: { tenant, id: by }, params: { id }, sales, signal }) {
      if (!(await sales.apiKeys.revoke(tenant, id, { by }, { signal }))) throw notFound("API key", id);
    },
  }),
];

async function issue({
  principal,
  body,
  sales,
  server,
  signal,
}: RouteContext<unknown, unknown, z.output<typeof keyBody>>) {
  if (!mayGive(principal, body)) throw tooMuch(principal, body);
  if (body.expiresAt !== undefined && Date.parse(body.expiresAt) <= server.clock.now()) {
    throw invalidRequest([{ path: "body.expiresAt", message: "must be a time to come" }]);
  }
  return sales.apiKeys.issue(principal.tenant, { ...body, by: principal.id }, { signal });
}

type Powers = Parameters<typeof mayGive>[0];

/** Names a permission that the key would have and its maker lacks. */
function tooMuch(giver: Powers, given: Powers): SalesAgentError<"access.denied"> {
  const permission = PERMISSIONS.find((each) => isAllowed(given, each) && !isAllowed(giver, each)) ?? "";
  return new SalesAgentError("access.denied", {
    message: `This key could do what its maker may not: ${permission}. Give it another role, or scopes.`,
    facts: { permission },
    replay: "safe",
  });
}
