import type { ApprovalRecord } from "@salesagent/ports";
import { atOnce, type FlowSuite } from "./flow-suite.js";
import { sampleApproval } from "./sample-flows.js";
import { at } from "./sample-records.js";
import { FAR_AHEAD, LONG_AGO } from "./sample-shared-state.js";
import { readAll } from "./storage-suite.js";

const approved = { status: "approved", by: "ada" } as const;

/** A person's leave for one call. */
export function approvalStoreConformance({ describe, it, expect, open }: FlowSuite): void {
  describe("approval-store/1", () => {
    it("gives back a request as it was made, in state pending", async () => {
      await using storage = await open();
      const { approvals } = storage.tenant("acme");
      const request = sampleApproval("1 🐟", { runId: "run-1", arguments: [null, { é: "\r\n" }] });
      expect(await approvals.request(request)).toEqual({ ...request, status: "pending" });
      expect(await approvals.get(request.id)).toEqual({ ...request, status: "pending" });
      const short = { ...sampleApproval("2"), expiresAt: "2999-01-01T00:00:00Z" };
      const record = await approvals.request(short);
      expect(record.expiresAt).toBe(FAR_AHEAD);
      expect(Object.keys(record).sort()).toEqual([...Object.keys(short), "status"].sort());
      expect(await approvals.get("unknown")).toBe(undefined);
    });

    it("keeps the first request of an id, whatever became of it", async () => {
      await using storage = await open();
      const { approvals } = storage.tenant("acme");
      const requested = await atOnce(20, (index) =>
        approvals.request(sampleApproval("1", { arguments: index, argumentsHash: `${index}` })),
      );
      const [first] = requested;
      for (const record of requested) expect(record).toEqual(first);
      await approvals.decide("1", { status: "refused", by: "ada" });
      const again = await approvals.request(sampleApproval("1", { arguments: "forged", argumentsHash: "f" }));
      expect(again).toMatchObject({ status: "refused", arguments: first?.arguments });
      expect(again).toEqual(await approvals.get("1"));
    });

    it("takes a decision, with who decided, when and why", async () => {
      await using storage = await open();
      const { approvals } = storage.tenant("acme");
      for (const status of ["approved", "refused"] as const) {
        const request = await approvals.request(sampleApproval(status));
        const decided = await approvals.decide(status, { status, by: "ada", reason: "fits" });
        const decidedAt = decided?.decidedAt ?? "";
        expect(decided).toEqual({ ...request, status, decidedBy: "ada", decidedAt, reason: "fits" });
        expect(Number.isNaN(Date.parse(decidedAt))).toBe(false);
        expect(await approvals.get(status)).toEqual(decided);
      }
    });

    it("takes one decision of 20 at once, and none after it", async () => {
      await using storage = await open();
      const { approvals } = storage.tenant("acme");
      await approvals.request(sampleApproval("1"));
      const decisions = await atOnce(20, (index) =>
        approvals.decide("1", { status: index % 2 === 0 ? "approved" : "refused", by: `${index}` }),
      );
      const [decided, ...others] = decisions.filter((decision) => decision !== undefined);
      expect(others).toEqual([]);
      expect(await approvals.decide("1", approved)).toBe(undefined);
      expect(await approvals.decide("unknown", approved)).toBe(undefined);
      expect(await approvals.get("1")).toEqual(decided);
    });

    it("lets an approval be used once, by one of 50 who try at once", async () => {
      await using storage = await open();
      const { approvals } = storage.tenant("acme");
      await approvals.request(sampleApproval("1"));
      const decided = await approvals.decide("1", approved);
      const uses = await atOnce(50, () => approvals.use("1", "hash"));
      const used = uses.filter((use) => use !== undefined);
      expect(used).toEqual([{ ...decided, status: "used" }]);
      expect(await approvals.get("1")).toEqual(used[0]);
      expect(await approvals.use("1", "hash")).toBe(undefined);
      expect(await approvals.decide("1", approved)).toBe(undefined);
    });

    it("refuses other arguments, and what nobody approved", async () => {
      await using storage = await open();
      const { approvals } = storage.tenant("acme");
      for (const id of ["approved", "refused", "pending"]) await approvals.request(sampleApproval(id));
      await approvals.decide("approved", approved);
      await approvals.decide("refused", { status: "refused", by: "ada" });
      for (const hash of ["other", "", "HASH"]) {
        expect(await approvals.use("approved", hash)).toBe(undefined);
      }
      expect(await approvals.use("refused", "hash")).toBe(undefined);
      expect(await approvals.use("pending", "hash")).toBe(undefined);
      expect(await approvals.use("unknown", "hash")).toBe(undefined);
      for (const id of ["approved", "refused", "pending"]) {
        expect((await approvals.get(id))?.status).toBe(id);
      }
      expect(await approvals.use("approved", "hash")).toMatchObject({ status: "used" });
    });

    it("binds what a person edited to the edited arguments, and no more to the old ones", async () => {
      await using storage = await open();
      const { approvals } = storage.tenant("acme");
      await approvals.request(sampleApproval("1"));
      const edited = { editedArguments: { to: "bob@fjord.example" }, editedArgumentsHash: "edited" };
      const decided = await approvals.decide("1", { ...approved, ...edited });
      expect(decided).toMatchObject({ ...edited, arguments: { to: "ada@fjord.example" } });
      expect(decided?.argumentsHash).toBe("hash");
      expect(await approvals.use("1", "hash")).toBe(undefined);
      expect(await approvals.use("1", "edited")).toEqual({ ...decided, status: "used" });
      await approvals.request(sampleApproval("2"));
      await approvals.decide("2", { ...approved, ...edited, editedArguments: null });
      expect((await approvals.get("2"))?.editedArguments).toBe(null);
    });

    it("can be neither decided nor used once it has expired, and is told as expired", async () => {
      await using storage = await open();
      const { approvals } = storage.tenant("acme");
      const over = await approvals.request(sampleApproval("1", { expiresAt: LONG_AGO }));
      expect(over.status).toBe("expired");
      expect(await approvals.decide("1", approved)).toBe(undefined);
      expect(await approvals.use("1", "hash")).toBe(undefined);
      expect(await approvals.get("1")).toEqual(over);
      expect("decidedBy" in over).toBe(false);
    });

    it("refuses what is neither a request nor a decision, naming the field", async () => {
      await using storage = await open();
      const { approvals } = storage.tenant("acme");
      const requests: readonly (readonly [string, Partial<ApprovalRecord>])[] = [
        ["approval.id", { id: "" }],
        ["approval.agent", { agent: "" }],
        ["approval.tool", { tool: "" }],
        ["approval.callId", { callId: "x".repeat(401) }],
        ["approval.runId", { runId: "" }],
        ["approval.argumentsHash", { argumentsHash: "" }],
        ["approval.arguments", { arguments: Number.NaN }],
        ["approval.requestedAt", { requestedAt: "now" }],
        ["approval.expiresAt", { expiresAt: "never" }],
      ];
      for (const [field, changes] of requests) {
        await expect(approvals.request(sampleApproval("1", changes))).rejects.toMatchObject({
          code: "store.invalid",
          facts: { store: "approvals", field },
        });
      }
      expect((await approvals.list()).items).toEqual([]);
      const { id } = await approvals.request(sampleApproval("1"));
      const edit = { editedArguments: 1, editedArgumentsHash: "edited" };
      for (const [field, decision] of [
        ["decision.status", { status: "used" as "approved", by: "ada" }],
        ["decision.by", { ...approved, by: "" }],
        ["decision.editedArgumentsHash", { ...approved, editedArguments: 1 }],
        ["decision.editedArgumentsHash", { ...approved, editedArgumentsHash: "edited" }],
        ["decision.editedArguments", { ...edit, status: "refused", by: "ada" }],
      ] as const) {
        await expect(approvals.decide(id, decision)).rejects.toMatchObject({
          code: "store.invalid",
          facts: { store: "approvals", field },
        });
      }
      expect((await approvals.get(id))?.status).toBe("pending");
    });

    it("lists the latest request first, page by page; of equal times, the one stored last", async () => {
      await using storage = await open();
      const { approvals } = storage.tenant("acme");
      for (const [id, second] of [
        ["b", 2],
        ["d", 4],
        ["a", 1],
        ["c1", 3],
        ["c2", 3],
      ] as const) {
        await approvals.request(sampleApproval(id, { requestedAt: at(second) }));
      }
      await approvals.decide("a", approved);
      const listed = await readAll((page) => approvals.list({}, page), 2);
      expect(listed.map(({ id }) => id)).toEqual(["d", "c2", "c1", "b", "a"]);
      expect(listed[4]).toEqual(await approvals.get("a"));
    });

    it("lists by status, those that have expired as expired, and by run", async () => {
      await using storage = await open();
      const { approvals } = storage.tenant("acme");
      for (const id of ["pending", "approved", "refused", "used"]) {
        await approvals.request(sampleApproval(id, { runId: "x" }));
      }
      await approvals.request(sampleApproval("expired", { runId: "y", expiresAt: LONG_AGO }));
      await approvals.decide("approved", approved);
      await approvals.decide("used", approved);
      await approvals.use("used", "hash");
      await approvals.decide("refused", { status: "refused", by: "ada" });
      for (const status of ["pending", "approved", "refused", "used", "expired"] as const) {
        const { items } = await approvals.list({ status });
        expect(items.map(({ id }) => id)).toEqual([status]);
        expect(items[0]?.status).toBe(status);
      }
      const idsOf = async (runId: string) => (await approvals.list({ runId })).items.map(({ id }) => id);
      expect(await idsOf("x")).toEqual(["used", "refused", "approved", "pending"]);
      expect(await idsOf("y")).toEqual(["expired"]);
      expect((await approvals.list({ runId: "x", status: "used" })).items.length).toBe(1);
    });
  });
}
