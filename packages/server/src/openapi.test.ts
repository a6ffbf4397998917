import { PERMISSIONS } from "@salesagent/core/access";
import { describe, expect, it } from "vitest";
import { openApiDocument } from "./openapi.js";
import { allRoutes } from "./routes/index.js";
import { openTable } from "./testing/open-table.js";

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly security: readonly unknown[];
  readonly "x-permission"?: string;
}

const document = openApiDocument(allRoutes(), "/sales");
const paths = document["paths"] as unknown as Record<string, Record<string, Operation>>;
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

/** All texts that stand under a name, wherever they are. */
function all(value: unknown, name: string): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === name && typeof inner === "string" ? [inner] : all(inner, name),
  );
}

describe("the OpenAPI document", () => {
  it("has every route once, each with a name of its own", () => {
    expect(operations).toHaveLength(allRoutes().length);
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
  });

  it("tells of each operation what it needs", () => {
    for (const { operation } of operations) {
      const permission = operation["x-permission"];
      if (permission === undefined) expect(operation.security).toEqual([]);
      else expect(PERMISSIONS).toContain(permission);
    }
    expect(paths["/sales/leads/import"]?.["post"]?.["x-permission"]).toBe("leads:write");
  });

  it("names every parameter of a path, as required", () => {
    for (const { path, operation } of operations) {
      const inPath = operation.parameters?.filter((parameter) => parameter.in === "path") ?? [];
      expect(inPath.map(({ name }) => name).sort()).toEqual(
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort(),
      );
      expect(inPath.every(({ required }) => required)).toBe(true);
    }
  });

  it("refers to nothing that it does not have", () => {
    const { schemas, responses } = document["components"] as unknown as Record<
      "schemas" | "responses",
      object
    >;
    const known = [
      ...Object.keys(schemas).map((name) => `#/components/schemas/${name}`),
      ...Object.keys(responses).map((name) => `#/components/responses/${name}`),
    ];
    expect(all(document, "$ref").filter((reference) => !known.includes(reference))).toEqual([]);
    expect(Object.keys(schemas)).toEqual(expect.arrayContaining(["Lead", "Run", "Problem"]));
  });

  it("is served, below the prefix, to anybody", async () => {
    const { ask, server } = openTable(allRoutes(), { prefix: "/sales" });
    const response = await ask("/sales/openapi.json", { as: "" });
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toEqual(JSON.parse(JSON.stringify(server.openapi())));
  });
});
