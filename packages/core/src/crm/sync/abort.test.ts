import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { openApp } from "./testing/open-app.js";

test("a run that is stopped at any call of the CRM says why, and the next one ends its work", async () => {
  let stopped = 0;
  for (let at = 0; at < 30; at++) {
    const controller = new AbortController();
    const reason = new Error(`stopped at ${at}`);
    let calls = 0;
    const { sync, world, putContact, acme, clock } = openApp(
      {
        faults: () => {
          if (calls === at) controller.abort(reason);
          calls += 1;
          return undefined;
        },
      },
      { limits: { batch: 2, pageRecords: 2 } },
    );
    for (let index = 0; index < 4; index++) {
      world.create({ kind: "contact", fields: { email: `crm-${index}@x.example` } });
      await putContact(`app-${index}`, { email: `app-${index}@x.example` });
    }
    const end = await sync
      .run("close", { signal: controller.signal })
      .result()
      .catch((error: unknown) => error);
    if (controller.signal.aborted) {
      expect(end).toBe(reason);
      stopped += 1;
      const { items } = await sync.history({ connection: "close" });
      expect(["stopped", "running"]).toContain(items[0]?.status);
    }
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    // A lease that it left is over by then.
    clock.advance(3_600_000);
    await sync.run("close").result();
    clock.advance(3_600_000);
    await sync.run("close").result();
    expect(world.standing("contact"), `stopped at ${at}`).toHaveLength(8);
    expect(await acme.records.count("contact")).toBe(8);
    expect(await sync.status()).toMatchObject([{ due: 0, openDeadLetters: 0 }]);
  }
  expect(stopped).toBeGreaterThan(10);
});
