import { type ErrorCode, SalesAgentError } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { toProblem } from "./problem.js";

const init = { requestId: "r1", errorDocs: "urn:x:" };
const told = (code: string, facts: object = {}) =>
  toProblem(
    new SalesAgentError(code as ErrorCode, {
      message: "What happened.",
      facts: facts as never,
      replay: "safe",
    }),
    init,
  );

describe("a problem", () => {
  it("has the code, where it is explained, what happened and the request", () => {
    expect(told("store.not_found", { store: "leads", id: "l1" })).toEqual({
      isFault: false,
      problem: {
        ...{ type: "urn:x:store.not_found", title: "Not found", status: 404, code: "store.not_found" },
        ...{ detail: "What happened.", instance: "r1" },
      },
    });
  });

  it("tells a client what it can act on, and nothing that is the operator's", () => {
    const facts = {
      provider: "cerebras",
      requestId: "req_1",
      retryAfterMs: 10,
      permission: "leads:read",
      host: "db-1",
    };
    expect(told("access.denied", facts).problem.facts).toEqual({
      permission: "leads:read",
      retryAfterMs: 10,
    });
    expect(told("model.auth", facts).problem.facts).toBeUndefined();
  });

  it.each(["tool.failed", "config.invalid", "graph.node_failed", "budget.unscoped"])(
    "of what failed here says nothing of how: %s",
    (code) => {
      const { problem, isFault } = told(code, { issues: [{ path: "secret", message: "x" }] });
      expect(isFault).toBe(true);
      expect(Object.keys(problem)).toEqual(["type", "title", "status", "code", "instance"]);
    },
  );

  it.each([
    new Error("sk-secret"),
    "sk-secret",
    undefined,
    { code: "store.not_found", message: "sk-secret" },
  ])("of what is none of the family says nothing but that it happened: %s", (error) => {
    const { problem, isFault } = toProblem(error, init);
    expect([isFault, problem.status, problem.code]).toEqual([true, 500, "internal"]);
    expect(JSON.stringify(problem)).not.toContain("sk-secret");
  });

  it("of a code that this version does not know is a failure", () => {
    expect(told("future.code").problem).toMatchObject({ status: 500, code: "future.code" });
  });

  it("tells another tenant's approval as none", () => {
    expect(told("approval.invalid", { problem: "unknown" }).problem.status).toBe(404);
    expect(told("approval.invalid", { problem: "expired" }).problem.status).toBe(409);
  });

  it("names no more issues than somebody reads", () => {
    const issues = Array.from({ length: 500 }, (_, index) => ({ path: `body.${index}`, message: "x" }));
    expect(told("request.invalid", { issues }).problem.issues).toHaveLength(100);
  });
});
