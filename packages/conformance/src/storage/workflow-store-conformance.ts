import type { WorkflowStore } from "@salesagent/ports";
import { atOnce } from "./flow-suite.js";
import { sampleWorkflow } from "./sample-records.js";
import { readAll, type StorageSuite } from "./storage-suite.js";

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

async function activeVersions(workflows: WorkflowStore, name: string): Promise<readonly string[]> {
  return (await workflows.list({ name, active: true })).items.map(({ version }) => version);
}

/** Workflows in all their versions. */
export function workflowStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("workflow-store/1", () => {
    it("gives back a version as it was added, with the time of its adding", async () => {
      await using storage = await open();
      const { workflows } = storage.tenant("acme");
      const definition = { zebra: [1, null, { deep: "🐟" }], apple: {} };
      const full = sampleWorkflow("1", { definition, createdBy: "user:42", note: "more patience" });
      expect(await workflows.add(full)).toBe(true);
      await workflows.add(sampleWorkflow("2"));
      const stored = await workflows.get("welcome", "1");
      expect(stored).toMatchObject({ ...full, active: true });
      expect(stored?.createdAt ?? "").toMatch(INSTANT);
      expect(JSON.stringify(stored?.definition)).toBe(JSON.stringify(definition));
      expect(Object.keys((await workflows.get("welcome", "2")) ?? {}).sort()).toEqual([
        ...["active", "createdAt", "definition", "name", "version"],
      ]);
    });

    it("lets the first version of a name be active, and later ones wait", async () => {
      await using storage = await open();
      const { workflows } = storage.tenant("acme");
      for (const version of ["b", "a"]) await workflows.add(sampleWorkflow(version));
      await workflows.add(sampleWorkflow("z", { name: "other" }));
      expect((await workflows.get("welcome"))?.version).toBe("b");
      expect((await workflows.get("welcome", "a"))?.active).toBe(false);
      expect((await workflows.get("other"))?.version).toBe("z");
    });

    it("gives nothing for a name or a version that is not there", async () => {
      await using storage = await open();
      const { workflows } = storage.tenant("acme");
      await workflows.add(sampleWorkflow("1"));
      expect(await workflows.get("nobody's")).toBe(undefined);
      expect(await workflows.get("welcome", "2")).toBe(undefined);
      expect(await workflows.get("nobody's", "1")).toBe(undefined);
      expect((await workflows.list({ name: "nobody's" })).items).toEqual([]);
    });

    it("adds a version once, whoever adds it again, in whatever order its properties are", async () => {
      await using storage = await open();
      const { workflows } = storage.tenant("acme");
      const list = [1, { c: null, d: 0.5 }];
      await workflows.add(sampleWorkflow("1", { definition: { a: 1, b: list }, createdBy: "user:1" }));
      const before = await workflows.get("welcome", "1");
      const again = { definition: { b: list, a: 1 }, createdBy: "user:2", note: "again" };
      expect(await workflows.add(sampleWorkflow("1", again))).toBe(false);
      expect(await workflows.get("welcome", "1")).toEqual(before);
    });

    it("never overwrites a version with another definition", async () => {
      await using storage = await open();
      const { workflows } = storage.tenant("acme");
      const definition = { a: 1, b: [1, { c: null }] };
      await workflows.add(sampleWorkflow("1", { definition }));
      const others = [
        {},
        { a: 1 },
        { ...definition, a: "1" },
        { ...definition, a: 2 },
        { ...definition, b: [{ c: null }, 1] },
        { ...definition, b: [1, { c: 0 }] },
        { ...definition, b: [1, { d: null }] },
        { ...definition, b: { "0": 1, "1": { c: null } } },
        { ...definition, more: null },
      ];
      for (const other of others) {
        await expect(workflows.add(sampleWorkflow("1", { definition: other }))).rejects.toMatchObject({
          code: "store.invalid",
          facts: { store: "workflows", field: "workflow.version" },
        });
      }
      expect((await workflows.get("welcome", "1"))?.definition).toEqual(definition);
      expect((await workflows.list()).items.length).toBe(1);
    });

    it("activates a version, an older one too, in the place of the one before", async () => {
      await using storage = await open();
      const { workflows } = storage.tenant("acme");
      for (const version of ["1", "2", "3"]) await workflows.add(sampleWorkflow(version));
      await workflows.add(sampleWorkflow("1", { name: "other" }));
      for (const version of ["3", "1", "1", "2"]) {
        expect(await workflows.activate("welcome", version)).toBe(true);
        expect(await activeVersions(workflows, "welcome")).toEqual([version]);
        expect((await workflows.get("welcome"))?.version).toBe(version);
      }
      expect(await activeVersions(workflows, "other")).toEqual(["1"]);
    });

    it("activates nothing that is not there", async () => {
      await using storage = await open();
      const { workflows } = storage.tenant("acme");
      await workflows.add(sampleWorkflow("1"));
      expect(await workflows.activate("welcome", "2")).toBe(false);
      expect(await workflows.activate("nobody's", "1")).toBe(false);
      expect(await activeVersions(workflows, "welcome")).toEqual(["1"]);
    });

    it("lists the version added last first, by name and by what is active, page by page", async () => {
      await using storage = await open();
      const { workflows } = storage.tenant("acme");
      for (const version of ["1", "2", "3"]) {
        await workflows.add(sampleWorkflow(version));
        await workflows.add(sampleWorkflow(version, { name: "other" }));
      }
      await workflows.activate("other", "2");
      const list = async (filter: { name?: string; active?: boolean }) =>
        (await readAll((page) => workflows.list(filter, page), 2)).map(
          ({ name, version }) => `${name}/${version}`,
        );
      expect(await list({ name: "welcome" })).toEqual(["welcome/3", "welcome/2", "welcome/1"]);
      expect(await list({})).toEqual(
        ["3", "2", "1"].flatMap((version) => [`other/${version}`, `welcome/${version}`]),
      );
      expect(await list({ active: true })).toEqual(["other/2", "welcome/1"]);
      expect(await list({ name: "other", active: false })).toEqual(["other/3", "other/1"]);
    });

    it("leaves one version active when many are added and activated at once", async () => {
      await using storage = await open();
      const { workflows } = storage.tenant("acme");
      await atOnce(6, (index) => workflows.add(sampleWorkflow(`${index}`)));
      expect((await activeVersions(workflows, "welcome")).length).toBe(1);
      expect((await workflows.list()).items.length).toBe(6);
      await atOnce(6, (index) => workflows.activate("welcome", `${index}`));
      expect((await activeVersions(workflows, "welcome")).length).toBe(1);
      const added = await atOnce(5, () => workflows.add(sampleWorkflow("same")));
      expect(added.filter(Boolean).length).toBe(1);
    });

    it("refuses what breaks a rule, naming the field", async () => {
      await using storage = await open();
      const { workflows } = storage.tenant("acme");
      const broken: readonly (readonly [field: string, change: object])[] = [
        ["name", { name: "" }],
        ["version", { version: "x".repeat(401) }],
        ["definition", { definition: [] }],
        ["definition.a", { definition: { a: Number.NaN } }],
        ["createdBy", { createdBy: "" }],
      ];
      for (const [field, change] of broken) {
        await expect(workflows.add({ ...sampleWorkflow("1"), ...change })).rejects.toMatchObject({
          code: "store.invalid",
          facts: { store: "workflows", field: `workflow.${field}` },
        });
      }
      expect((await workflows.list()).items).toEqual([]);
    });
  });
}
