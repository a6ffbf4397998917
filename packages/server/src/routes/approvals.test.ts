import { describe, expect, it } from "vitest";
import { z } from "zod";
import { openApp } from "../testing/open-app.js";
import { salesAgents } from "../testing/sales-agents.js";
import { agentRoutes } from "./agents.js";
import { approvalRoutes, approvalSchema } from "./approvals.js";
import { runRoutes } from "./runs.js";
import { pageSchema } from "./shared-schemas.js";

const STRANGER = "globex/user:1/owner";

function setUp() {
  const sent: string[] = [];
  return {
    sent,
    ...openApp([...agentRoutes, ...runRoutes, ...approvalRoutes], { agents: salesAgents([], sent) }),
  };
}

describe("approvals", () => {
  async function waiting() {
    const app = setUp();
    const { body } = await app.json("POST", "/agents/mailer/invoke", { json: { input: "mail Ada" } });
    expect(body).toMatchObject({ status: "waiting", approvals: [{ tool: "mail" }] });
    return { ...app, runId: body.id as string, id: body.approvals[0].approvalId as string };
  }

  it("are listed with what would be done, and let the run go on once", async () => {
    const app = await waiting();
    const { body } = await app.json("GET", "/approvals?status=pending");
    expect(z.safeParse(pageSchema(approvalSchema), body).error?.issues).toBeUndefined();
    expect(body.items).toMatchObject([{ id: app.id, tool: "mail", arguments: { to: "ada@figma.com" } }]);
    const decided = await app.json("POST", `/approvals/${app.id}`, { json: { decision: "approved" } });
    expect(decided).toMatchObject({ status: 200, body: { status: "approved", decidedBy: "user:1" } });
    expect(await app.soon(app.sales.runs.result("acme", app.runId))).toMatchObject({
      status: "completed",
      output: "Sent.",
    });
    expect(app.sent).toEqual(["ada@figma.com"]);
    const again = await app.json("POST", `/approvals/${app.id}`, { json: { decision: "refused" } });
    expect(again).toMatchObject({
      status: 409,
      body: { code: "approval.invalid", facts: { problem: expect.any(String) } },
    });
  });

  it("that are refused send nothing", async () => {
    const app = await waiting();
    const decided = await app.json("POST", `/approvals/${app.id}`, {
      json: { decision: "refused", reason: "no" },
    });
    expect(decided.body).toMatchObject({ status: "refused", reason: "no" });
    await app.soon(app.sales.runs.result("acme", app.runId));
    expect(app.sent).toEqual([]);
  });

  it("can't be gone round by an answer to the run", async () => {
    const app = await waiting();
    for (const json of [
      { answer: { status: "approved" } },
      { name: `approval:${app.id}`, answer: { status: "approved" } },
    ]) {
      const { status } = await app.json("POST", `/runs/${app.runId}/resume`, { json });
      expect(status).toBe(400);
    }
    expect(app.sent).toEqual([]);
  });

  it("of another tenant are as if there were none, and stay as they are", async () => {
    const app = await waiting();
    const ask = async (id: string) => {
      const { status, body } = await app.json("POST", `/approvals/${id}`, {
        json: { decision: "approved" },
        as: STRANGER,
      });
      return [status, body.code];
    };
    expect(await ask(app.id)).toEqual([404, "approval.invalid"]);
    expect(await ask("none")).toEqual([404, "approval.invalid"]);
    expect((await app.json("GET", `/approvals/${app.id}`, { as: STRANGER })).status).toBe(404);
    expect((await app.json("GET", `/approvals/${app.id}`)).body.status).toBe("pending");
  });

  it.each([
    [{ decision: "yes" }, "body.decision"],
    [{}, "body.decision"],
    [{ decision: "refused", editedArguments: {} }, "body.editedArguments"],
    [{ decision: "approved", by: "user:9" }, "body.by"],
  ])("refuse %j, naming the place", async (json, place) => {
    const { status, body } = await setUp().json("POST", "/approvals/a", { json });
    expect([status, body.issues[0].path]).toEqual([400, place]);
  });
});
