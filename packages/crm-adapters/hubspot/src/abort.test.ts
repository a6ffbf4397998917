import type { CRMProvider, CrmCallOptions } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { hubspotSetup } from "./testing/hubspot-setup.js";

const firstOf = async <T>(pages: AsyncIterable<T>) => {
  for await (const page of pages) return page;
  return undefined;
};

type Call = (provider: CRMProvider, id: string, call: CrmCallOptions) => Promise<unknown>;

const CALLS: readonly (readonly [string, Call])[] = [
  ["get", (provider, id, call) => provider.get("contact", id, call)],
  ["getMany", (provider, id, call) => provider.getMany("contact", [id], call)],
  ["lookup", (provider, _, call) => provider.lookup({ kind: "contact", email: "a@example.com" }, call)],
  ["create", (provider, _, call) => provider.create({ kind: "contact", fields: { firstName: "A" } }, call)],
  ["update", (provider, id, call) => provider.update({ kind: "contact", id, fields: { title: "A" } }, call)],
  ["remove", (provider, id, call) => provider.remove("contact", id, call)],
  ["list", (provider, _, call) => firstOf(provider.list("contact", {}, call))],
  [
    "changes",
    (provider, _, call) => firstOf(provider.changes("contact", { since: "2026-11-01T00:00:00Z" }, call)),
  ],
  [
    "writeMany",
    (provider, id, call) =>
      provider.writeMany([{ op: "update", change: { kind: "contact", id, fields: {} } }], call),
  ],
  ["schema", (provider, _, call) => provider.schema("contact", call)],
  ["health", (provider, _, call) => provider.health(call)],
];

describe("an abort", () => {
  it.each(CALLS)("ends %s with the caller's own reason while HubSpot is silent", async (_, call) => {
    const { provider, sandbox } = hubspotSetup();
    const id = sandbox.world.create("contacts", { firstname: "Ada" });
    sandbox.fail({ fault: { type: "silence", when: "before" } });
    const stop = new AbortController();
    const reason = new Error("the user left");
    let end: unknown = "still running";
    call(provider, id, { signal: stop.signal }).then(
      (value) => {
        end = value;
      },
      (error: unknown) => {
        end = error;
      },
    );
    await turns(20);
    expect(end).toBe("still running");
    stop.abort(reason);
    await turns(1);

    expect(end).toBe(reason);
  });
});

/** A request has surely gone out after twenty. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
