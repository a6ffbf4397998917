import { describe, expect, it } from "vitest";
import { TASKS } from "./_tasks.mjs";
import { judge, violated } from "./_verdict.mjs";

const tasks = Array.from({ length: TASKS }, (_, index) => `task${index}#0`);

/** A world in which all went well: a calm run and a disturbed one of the same variant. */
function soundWorld() {
  const [calm, disturbed] = ["run-00001-0", "run-00002-0"];
  const drafts = () => Object.fromEntries(tasks.map((task) => [task, `draft of ${task}`]));
  const outputs = new Map([calm, disturbed].map((id) => [id, { log: ["a", "b"], drafts: drafts() }]));
  const done = [calm, disturbed].flatMap((id) =>
    tasks.map((task) => ({ effect: `${id}:${task}`, draft: `draft of ${task}`, worker: "w1", atMs: 0 })),
  );
  const counts = { lookedUpDone: 0, lookedUpNotDone: 0, lookedUpUnknown: 0 };
  return {
    ...{ calm: [calm], runIds: [disturbed], outputs, everFrozen: new Set(["frozen"]) },
    log: { done, repeated: /** @type {typeof done} */ ([]), counts },
  };
}

/** What is not empty in a verdict. @param {ReturnType<typeof soundWorld>} world */
const found = (world) =>
  Object.fromEntries(Object.entries(judge(world)).filter(([, names]) => names.length > 0));

describe("judge", () => {
  it("finds nothing where all went well", () => {
    expect(found(soundWorld())).toEqual({});
  });

  it("finds an effect that was asked for twice, and tells those of frozen workers apart", () => {
    const world = soundWorld();
    const effect = "run-00002-0:task1#0";
    world.log.repeated.push({ effect, draft: "", worker: "w2", atMs: 1 });
    world.log.repeated.push({ effect, draft: "", worker: "frozen", atMs: 2 });
    expect(found(world)).toEqual({ doubled: [effect], doubledByFrozen: [effect] });
  });

  it("finds an effect that was lost, and one that belongs to no run", () => {
    const world = soundWorld();
    const lost = world.log.done.pop();
    world.log.done.push({ effect: "run-00002-0:other#0", draft: "", worker: "w1", atMs: 0 });
    expect(found(world)).toEqual({ lost: [lost?.effect], strange: ["run-00002-0:other#0"] });
  });

  it("finds a step that was done again after its outcome had gone out", () => {
    const world = soundWorld();
    const drafts = world.outputs.get("run-00002-0")?.drafts;
    if (drafts) drafts["task3#0"] = "another draft";
    expect(found(world)).toEqual({ redrawn: ["run-00002-0:task3#0"] });
  });

  it("finds runs that did not end, ended otherwise, or left tasks out", () => {
    const world = soundWorld();
    world.outputs.delete("run-00002-0");
    expect(found(world)).toEqual({ unended: ["run-00002-0"] });
    world.outputs.set("run-00002-0", { log: ["b", "a"], drafts: {} });
    expect(found(world)).toMatchObject({ different: ["run-00002-0"], incomplete: ["run-00002-0"] });
  });
});

describe("violated", () => {
  it("names the first few", () => {
    expect(violated("runs were lost", [])).toEqual([]);
    expect(violated("runs were lost", ["a", "b", "c", "d", "e", "f"])).toEqual([
      "6 runs were lost: a, b, c, d, e, …",
    ]);
  });
});
