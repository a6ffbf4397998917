import { PERMISSIONS } from "@salesagent/core/access";
import type { JsonObject, JsonValue } from "@salesagent/ports";
import { z } from "zod";
import type { BodySpec } from "./body.js";
import type { Route } from "./route.js";

const issueSchema = z.object({ path: z.string(), message: z.string() });

/** What every refusal and failure is told as. */
const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().optional(),
    code: z.string(),
    issues: z.array(issueSchema).optional(),
    facts: z.record(z.string(), z.unknown()).optional(),
    instance: z.string(),
  })
  .meta({ id: "Problem", description: "What went wrong (RFC 9457)." });

type Components = Record<string, JsonValue>;
type Writable = Record<string, JsonValue>;

/** The table of routes as an OpenAPI 3.1 document. `x-permission` tells what each operation needs. */
export function openApiDocument(routes: readonly Route[], prefix: string): JsonObject {
  const components: Components = {};
  const paths: Record<string, Writable> = {};
  for (const route of routes) {
    const path = prefix + route.path;
    paths[path] ??= {};
    Object.assign(paths[path], { [route.method.toLowerCase()]: operation(route, components) });
  }
  const problem = toSchema(problemSchema, "output", components);
  return {
    openapi: "3.1.0",
    info: { title: "Sales agents", version: "1" },
    paths,
    components: {
      schemas: components,
      responses: {
        Problem: {
          description: "A refusal or a failure.",
          content: { "application/problem+json": { schema: problem } },
        },
      },
      securitySchemes: {
        host: {
          type: "http",
          scheme: "bearer",
          description: "An API key, or whatever the host knows its users by.",
        },
      },
    },
    "x-permissions": [...PERMISSIONS],
  };
}

function operation(route: Route, components: Components): JsonObject {
  const { method, path, tag, summary, permission, body } = route;
  const parameters = [
    ...toParameters("path", route.params, components),
    ...toParameters("query", route.query, components),
  ];
  return {
    operationId: toId(method, path),
    tags: [tag],
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: requestBody(body, components) }),
    responses: { ...success(route, components), default: { $ref: "#/components/responses/Problem" } },
    ...(permission === "public"
      ? { security: [] }
      : { security: [{ host: [] }], "x-permission": permission }),
  };
}

function success({ answer, otherwise }: Route, components: Components): JsonObject {
  const answers = [answer, ...(otherwise ? [otherwise] : [])].map(
    ({ description, schema, mediaType, status = 200 }) => {
      const json = schema && { "application/json": { schema: toSchema(schema, "output", components) } };
      const content =
        mediaType === undefined ? json : { [mediaType]: { schema: { type: "string" } }, ...json };
      return [String(status), { description, ...(content && { content }) }] as const;
    },
  );
  return Object.fromEntries(answers);
}

function requestBody(body: BodySpec<unknown>, components: Components): JsonObject {
  if (body.kind === "json") {
    return {
      required: true,
      content: { "application/json": { schema: toSchema(body.schema, "input", components) } },
    };
  }
  const types = body.mediaTypes.length === 0 ? ["*/*"] : body.mediaTypes;
  return { required: true, content: Object.fromEntries(types.map((type) => [type, {}])) };
}

function toParameters(place: "path" | "query", schema: z.ZodType, components: Components): JsonObject[] {
  const { properties = {}, required = [] } = toSchema(schema, "input", components) as {
    readonly properties?: Record<string, JsonObject>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...property }]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    ...(description !== undefined && { description }),
    schema: property,
  }));
}

/** Schemas with an id go to the components, and are referred to. */
function toSchema(schema: z.ZodType, io: "input" | "output", components: Components): JsonObject {
  const whole = z.toJSONSchema(schema, { io, target: "draft-2020-12", unrepresentable: "any" });
  const {
    $schema: _,
    $defs = {},
    ...rest
  } = JSON.parse(JSON.stringify(whole).replaceAll('"#/$defs/', '"#/components/schemas/')) as Record<
    string,
    JsonValue
  >;
  for (const [name, definition] of Object.entries($defs as JsonObject)) {
    components[name] = withoutId(definition);
  }
  const { id } = rest;
  if (typeof id !== "string") return rest;
  components[id] = withoutId(rest);
  return { $ref: `#/components/schemas/${id}` };
}

function withoutId(definition: JsonValue): JsonValue {
  const { id: _, $schema: __, ...rest } = definition as JsonObject;
  return rest;
}

/** `GET /leads/{id}` is `getLeadsById`, `GET /sync/{connection}/history` is `getSyncByConnectionHistory`. */
function toId(method: string, path: string): string {
  const named = path.replaceAll(/\{(\w+)\}/g, "by-$1");
  const words = named.split(/[^A-Za-z0-9]+/).filter(Boolean);
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
