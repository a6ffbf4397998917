import { expect, it } from "vitest";
import { z } from "zod";
import { jsonBody } from "../body.js";
import { route } from "../route.js";
import { MEMBER, openTable } from "../testing/open-table.js";
import { next } from "./index.js";

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

it("answers every method that a route file exports", async () => {
  const routes = methods.map((method) =>
    route({
      ...{ method, path: "/things/{id}", tag: "test", permission: "leads:read", summary: "Things" },
      params: z.strictObject({ id: z.string() }),
      ...(method !== "GET" && { body: jsonBody(z.json()) }),
      answer: { description: "Done." },
      handler: async ({ params, body }) => ({ method, ...params, body }),
    }),
  );
  const { server } = openTable(routes, { prefix: "/sales" });
  const handlers = next(server);
  for (const method of methods) {
    const body = method === "GET" ? {} : { body: '{"a":1}' };
    const headers = { "x-as": MEMBER, "content-type": "application/json" };
    const request = new Request("https://app.example.com/sales/things/a%2Fb", { method, headers, ...body });
    const answer = await (await handlers[method](request)).json();
    expect(answer).toEqual({ method, id: "a/b", ...(method !== "GET" && { body: { a: 1 } }) });
  }
  const asked = (method: "HEAD" | "OPTIONS") =>
    handlers[method](
      new Request("https://app.example.com/sales/things/1", { method, headers: { "x-as": MEMBER } }),
    );
  expect([(await asked("HEAD")).status, (await asked("OPTIONS")).status]).toEqual([200, 405]);
});
