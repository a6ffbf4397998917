import { SalesAgentError } from "@salesagent/ports";
import { expect, it } from "vitest";
import { openTable } from "./testing/open-table.js";

it.each<[string, object]>([
  ["sales", { sales: undefined }],
  ["sales", { sales: {} }],
  ["authorize", { authorize: "me" }],
  ["prefix", { prefix: "sales" }],
  ["prefix", { prefix: "/sales?x" }],
  ["cors.origins", { cors: { origins: [] } }],
  ["cors.origins.0", { cors: { origins: ["*"] } }],
  ["cors.origins.1", { cors: { origins: ["https://a.example", "https://b.example/"] } }],
  ["limits.bodyBytes", { limits: { bodyBytes: 0 } }],
  ["limits.handlerMs", { limits: { handlerMs: "30s" } }],
  ["limits.bodySize", { limits: { bodySize: 1 } }],
  ["limits.refusalsPerMinute", { limits: { refusalsPerMinute: 0 } }],
  ["trustedProxies", { trustedProxies: -1 }],
  ["trustedProxies", { trustedProxies: true }],
  ["clientAddress", { clientAddress: "x-real-ip" }],
  ["leads.qualifier", { leads: { qualifier: "nobody" } }],
  ["webhooks.origin", { webhooks: { origin: "app.example.com" } }],
  ["webhooks.accepts", { webhooks: { accepts: ["acme"] } }],
  ["metrics.operators", { metrics: { operators: "some" } }],
  ["metrics.tenantLabels", { metrics: { tenantLabels: "yes" } }],
  ["quotas.costUsd", { quotas: { name: "starter", costUsd: "50" } }],
  ["clock.now", { clock: {} }],
  ["onError", { onError: true }],
  ["studioo", { studioo: true }],
])("names the option %s when it is wrong, before anything is served", (option, wrong) => {
  try {
    openTable([], wrong as never);
  } catch (error) {
    expect(SalesAgentError.is(error, "config.invalid") && error.facts.option).toBe(option);
    expect((error as Error).message).toContain(option);
    return;
  }
  expect.unreachable();
});

it("takes a server with nothing but the app and who may ask", () => {
  expect(() => openTable([])).not.toThrow();
});
