import { expect, it } from "vitest";
import { createRouter, type Route } from "./routes.js";

const route = (method: string, path: string): Route => ({ method, path, answer: () => new Response(path) });
const find = createRouter([
  route("GET", "/lead/:id/"),
  route("POST", "/lead/merge/"),
  route("PUT", "/lead/:id/"),
  route("DELETE", "/unsubscribe/email/:address/"),
]);
const at = (method: string, path: string) => find(new Request(`http://crm.test${path}`, { method }));

it("finds a route and its parameters, decoded", () => {
  expect(at("GET", "/lead/lead_1/?_fields=id")).toMatchObject({
    route: { path: "/lead/:id/" },
    call: { params: { id: "lead_1" } },
  });
  expect(at("DELETE", "/unsubscribe/email/a%40x.test/")).toMatchObject({
    call: { params: { address: "a@x.test" } },
  });
});

it("prefers a route without variable parts, and tells a wrong method from a wrong path", () => {
  expect(at("POST", "/lead/merge/")).toMatchObject({ route: { path: "/lead/merge/" } });
  expect(at("PATCH", "/lead/lead_1/")).toEqual({ type: "other-method" });
  expect(at("GET", "/lead//")).toEqual({ type: "none" });
  expect(at("GET", "/lead/lead_1")).toEqual({ type: "none" });
});
