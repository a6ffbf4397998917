import { describe, expect, expectTypeOf, it, vi } from "vitest";
import { SalesAgentError } from "./error.js";

const limited = () =>
  new SalesAgentError("model.rate_limited", {
    message: "acme/one is limiting the rate of requests. Wait 2 s.",
    facts: { provider: "acme", modelId: "one", status: 429, retryAfterMs: 2_000 },
    replay: "safe",
    cause: new Error("the vendor's own, which may hold anything"),
  });

describe("SalesAgentError", () => {
  it("is an error with a name, a code, facts and a cause", () => {
    const error = limited();

    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: "SalesAgentError", code: "model.rate_limited", replay: "safe" });
    expect(String(error)).toBe("SalesAgentError: acme/one is limiting the rate of requests. Wait 2 s.");
    expect(error.cause).toBeInstanceOf(Error);
  });

  it("is plain data as JSON, without its cause and its stack", () => {
    expect(JSON.parse(JSON.stringify(limited()))).toEqual({
      code: "model.rate_limited",
      message: "acme/one is limiting the rate of requests. Wait 2 s.",
      facts: { provider: "acme", modelId: "one", status: 429, retryAfterMs: 2_000 },
      replay: "safe",
    });
  });

  it("tells the family from everything else", () => {
    expect(SalesAgentError.is(limited())).toBe(true);
    expect(SalesAgentError.is(limited(), "model.rate_limited")).toBe(true);
    expect(SalesAgentError.is(limited(), "model.overloaded")).toBe(false);
    for (const other of [undefined, null, "model.rate_limited", new Error("no"), { code: "model.auth" }]) {
      expect(SalesAgentError.is(other)).toBe(false);
    }
  });

  it("knows an error of another installed copy", async () => {
    vi.resetModules();
    const other = await import("./error.js");
    const facts = { provider: "acme", modelId: "one" };
    const foreign = new other.SalesAgentError("model.auth", { message: "no", facts, replay: "safe" });

    expect(other.SalesAgentError).not.toBe(SalesAgentError);
    expect(foreign).not.toBeInstanceOf(SalesAgentError);
    expect(SalesAgentError.is(foreign, "model.auth")).toBe(true);
    expect(other.SalesAgentError.is(limited(), "model.rate_limited")).toBe(true);
  });

  it("keeps the mark of the family out of what is printed and copied", () => {
    expect(Object.keys({ ...limited() }).sort()).toEqual(["code", "facts", "name", "replay"]);
    expect(Object.getOwnPropertySymbols({ ...limited() })).toEqual([]);
  });

  it("narrows the facts with the code", () => {
    const error: unknown = limited();
    if (SalesAgentError.is(error, "model.timed_out")) {
      expectTypeOf(error.facts.phase).toEqualTypeOf<"headers" | "first-token" | "stall" | "total">();
    }
    if (SalesAgentError.is(error)) {
      if (error.code === "budget.exceeded") expectTypeOf(error.facts.limit).toEqualTypeOf<number>();
      if (error.code === "store.stale_revision") expectTypeOf(error.facts.current).toEqualTypeOf<string>();
    }
  });
});
