import { expect, it } from "vitest";
import { inTurns } from "./in-turns.js";

it("lets so many work at once, and the next when one is done or failed", async () => {
  const turns = inTurns(2);
  const begun: string[] = [];
  const ends = new Map<string, (failed: boolean) => void>();
  const work = (name: string) =>
    turns(async () => {
      begun.push(name);
      await new Promise<void>((resolve, reject) =>
        ends.set(name, (failed) => (failed ? reject(name) : resolve())),
      );
    });
  const all = ["a", "b", "c", "d"].map((name) => work(name).catch(() => "failed"));
  await Promise.resolve();
  expect(begun).toEqual(["a", "b"]);
  ends.get("a")?.(true);
  expect(await all[0]).toBe("failed");
  expect(begun).toEqual(["a", "b", "c"]);
  for (const name of ["b", "c"]) ends.get(name)?.(false);
  await Promise.all(all.slice(1, 3));
  ends.get("d")?.(false);
  await all[3];
  expect(begun).toEqual(["a", "b", "c", "d"]);
});
