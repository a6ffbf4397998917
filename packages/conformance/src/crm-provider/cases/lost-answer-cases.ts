import { refusalOf } from "../crm-bench.js";
import { type CrmCase, needs } from "../crm-case.js";

export const lostAnswerCases: readonly CrmCase[] = [
  {
    name: "never makes a record twice when the answer is lost, and says that it may have been made",
    skip: needs("create"),
    async run(bench, kind) {
      const draft = await bench.draft(kind);
      const before = await bench.world.standing(kind);
      await bench.world.fail({ type: "response-lost" }, { on: "write" });
      const end = await endOf(bench.provider.create(draft));
      bench.expect(await bench.created(kind, before)).toBe(1);
      const creates = (await bench.world.writes()).filter(
        (write) => write.op === "create" && write.kind === kind,
      );
      bench.expect(creates).toHaveLength(1);
      // An adapter that can look it up by a strong key may know after all.
      if ("id" in end) bench.expect(await bench.world.standing(kind)).toContain(end.id);
      else bench.expect(end).toMatchObject({ replay: "unsafe" });
    },
  },
  {
    name: "says that a record may have been made when the connection breaks, the server fails or the body is cut",
    skip: needs("create"),
    async run(bench, kind) {
      for (const type of ["request-lost", "server-error", "cut-body"] as const) {
        const before = await bench.world.standing(kind);
        await bench.world.fail({ type }, { on: "write" });
        const end = await endOf(bench.provider.create(await bench.draft(kind)));
        bench.expect(await bench.created(kind, before), type).toBeLessThanOrEqual(1);
        if ("code" in end) bench.expect(end.replay, type).toBe("unsafe");
        else bench.expect(await bench.created(kind, before), type).toBe(1);
        await bench.catchUp();
      }
    },
  },
  {
    name: "makes a record once when it is told to wait first",
    skip: needs("create"),
    async run(bench, kind) {
      await bench.world.fail({ type: "rate-limited", retryAfterMs: 2_000 }, { on: "write" });
      const end = await endOf(bench.provider.create(await bench.draft(kind)));
      if ("code" in end) bench.expect(end).toMatchObject({ code: "service.rate_limited", replay: "safe" });
      bench.expect(await bench.world.standing(kind)).toHaveLength("code" in end ? 0 : 1);
    },
  },
  {
    name: "has a change made once and for all, or says that it is not known, when the answer is lost",
    skip: needs("update"),
    async run(bench, kind) {
      const id = await bench.make(kind);
      const change = bench.change(kind, id);
      await bench.world.fail({ type: "response-lost" }, { on: "write" });
      const end = await endOf(bench.provider.update(change));
      if ("code" in end) bench.expect(end.code).toMatch(/^service\./);
      bench.expect((await bench.provider.get(kind, id))?.fields).toMatchObject(change.fields ?? {});
    },
  },
  {
    name: "does not fail for having removed a record already, when the answer is lost",
    skip: needs("remove"),
    async run(bench, kind) {
      const id = await bench.make(kind);
      await bench.world.fail({ type: "response-lost" }, { on: "write" });
      try {
        await bench.provider.remove(kind, id);
      } catch {
        await bench.provider.remove(kind, id);
      }
      bench.expect(await bench.world.standing(kind)).not.toContain(id);
    },
  },
];

/** What a call comes to: its value, or its error. */
async function endOf<T>(call: Promise<T>) {
  let error: unknown;
  try {
    return await call;
  } catch (caught) {
    error = caught;
  }
  return refusalOf(Promise.reject(error));
}
