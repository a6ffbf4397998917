import { expect, it } from "vitest";
import { show } from "./show.mjs";

it("brings two CRMs and an app in step, asks about a conflict, and writes nothing in the end", async () => {
  const lines: string[] = [];
  const outcome = await show((line: string) => {
    lines.push(line);
  });
  expect(outcome.first.map(({ side, op }) => `${op} in ${side}`)).toEqual(Array(180).fill("create in app"));
  expect(outcome.second).toContainEqual(
    expect.objectContaining({
      ...{ connection: "hubspot", side: "app", op: "update" },
      changes: { title: { from: "Buyer", to: "Head of Purchasing" } },
    }),
  );
  expect(outcome.conflicts).toMatchObject([
    { connection: "hubspot", field: "firstName", base: "Cleo", app: "Clementine", crm: "Cleopatra" },
  ]);
  expect(outcome.letters.map(({ connection, operation }) => `${operation} ${connection}`).toSorted()).toEqual(
    ["update close", "update hubspot"],
  );
  expect(outcome.names).toEqual({ app: "Cleopatra", hubspot: "Cleopatra", close: "Cleopatra Works15" });
  expect([outcome.contacts, outcome.inHubspot, outcome.inClose]).toEqual([200, 200, 200]);
  expect(outcome.status).toMatchObject([
    { connection: "hubspot", due: 0, openConflicts: 0, openDeadLetters: 0 },
    { connection: "close", due: 0, openConflicts: 0, openDeadLetters: 0 },
  ]);
  expect(outcome.writesAtLast).toBe(0);
  expect(lines.join("\n")).toContain("Clementine");
});
