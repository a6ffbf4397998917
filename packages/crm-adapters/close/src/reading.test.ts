import type { CrmChanges, CrmKind, CrmPage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { type CloseScene, closeScene } from "./testing/close-setup.js";

const BEGINNING = { since: "2020-01-01T00:00:00Z" } as const;

async function drain(
  { provider }: CloseScene,
  from: { cursor: string } | { since: string } = BEGINNING,
  kind: CrmKind = "contact",
) {
  const pages: CrmChanges[] = [];
  for await (const page of provider.changes(kind, from)) pages.push(page);
  return {
    ids: pages.flatMap(({ records }) => records.map(({ id }) => id)),
    removed: pages.flatMap(({ removed }) => removed),
    cursor: pages.at(-1)?.cursor ?? "",
    pages,
  };
}

async function walk({ provider }: CloseScene, kind: CrmKind = "contact") {
  const pages: CrmPage[] = [];
  for await (const page of provider.list(kind)) pages.push(page);
  return { ids: pages.flatMap(({ records }) => records.map(({ id }) => id)), last: pages.at(-1) };
}

const named = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `C ${at}` }));
const idsOf = ({ sandbox }: CloseScene) => new Set(sandbox.standing("contact").map(({ id }) => id));

describe("more contacts with one stamp than search gives", () => {
  it("come all 25,000, by when they were made", async () => {
    const scene = closeScene({ indexLagMs: 0, maxSkip: 1_000 }, { pageSize: 200 });
    const source = await scene.sandbox.act("POST", "/lead/", { name: "A", contacts: named(25_000) });
    const destination = await scene.sandbox.act("POST", "/lead/", { name: "B" });
    await scene.sandbox.atOneInstant(async () => {
      await scene.sandbox.act("POST", "/lead/merge/", {
        source: source["id"],
        destination: destination["id"],
      });
    });
    const stamps = new Set(scene.sandbox.standing("contact").map(({ date_updated: stamp }) => stamp));
    expect(stamps.size).toBe(1);

    const { ids } = await drain(scene);

    expect(new Set(ids)).toEqual(idsOf(scene));
    expect(ids.length).toBeLessThan(2 * 25_000);
  });

  it("and were made at one instant too come all, by the plain list", async () => {
    const scene = closeScene({ indexLagMs: 0 }, { pageSize: 200 });
    await scene.sandbox.atOneInstant(async () => {
      await scene.sandbox.act("POST", "/lead/", { name: "A", contacts: named(10_050) });
    });

    const { ids } = await drain(scene);

    expect(new Set(ids)).toEqual(idsOf(scene));
  });

  it("and were made at one instant come all while some are edited during the walk", async () => {
    const scene = closeScene({ indexLagMs: 10_000 }, { pageSize: 200 });
    await scene.sandbox.atOneInstant(async () => {
      await scene.sandbox.act("POST", "/lead/", { name: "A", contacts: named(10_050) });
    });
    scene.clock.advance(60_000);
    const all = [...idsOf(scene)];
    const ids = new Set<string>();
    let page = 0;
    for await (const { records } of scene.provider.list("contact")) {
      for (const { id } of records) ids.add(id);
      page += 1;
      if (page % 10 !== 0) continue;
      await scene.sandbox.act("PUT", `/contact/${all.at(-page)}/`, { title: "CTO" });
    }

    expect(ids).toEqual(idsOf(scene));
  });

  it("fail loudly where the plain list leaves one out, since others went meanwhile", async () => {
    const scene = closeScene({ indexLagMs: 0 }, { pageSize: 200 });
    await scene.sandbox.atOneInstant(async () => {
      await scene.sandbox.act("POST", "/lead/", { name: "A", contacts: named(10_050) });
    });
    const [first] = idsOf(scene);
    const isListed = () =>
      scene.sandbox.calls.some(({ path, method }) => method === "GET" && path.endsWith("/contact/"));
    const reading = async () => {
      for await (const _ of scene.provider.changes("contact", BEGINNING)) {
        if (!isListed() || scene.sandbox.find("contact", first ?? "") === undefined) continue;
        await scene.sandbox.act("DELETE", `/contact/${first}/`);
      }
    };

    await expect(reading()).rejects.toMatchObject({ code: "crm.walk_incomplete" });
  });

  it("and were made at one instant fail loudly where the list doesn't reach that far", async () => {
    const scene = closeScene({ indexLagMs: 0, maxSkip: 5_000 }, { pageSize: 200 });
    await scene.sandbox.atOneInstant(async () => {
      await scene.sandbox.act("POST", "/lead/", { name: "A", contacts: named(10_050) });
    });

    await expect(drain(scene)).rejects.toMatchObject({
      code: "crm.walk_incomplete",
      facts: { crm: "close", kind: "contact", reason: expect.stringContaining("ends at 5100") },
    });
  });
});

describe("changes", () => {
  it("keep apart what is a microsecond apart, and pass on Close's own text", async () => {
    const scene = closeScene({ indexLagMs: 0 }, { pageSize: 1 });
    await scene.sandbox.act("POST", "/lead/", { name: "A", contacts: named(3) });
    const stamps = scene.sandbox.standing("contact").map(({ date_updated: stamp }) => stamp);
    expect(new Set(stamps.map((stamp) => stamp.slice(0, 23))).size).toBe(1);

    const { ids, pages } = await drain(scene);

    expect(new Set(ids).size).toBe(3);
    expect(pages.flatMap(({ records }) => records.map(({ updatedAt }) => updatedAt))).toEqual(stamps);
  });

  it("bring what search did not know yet when it was passed", async () => {
    const scene = closeScene({ indexLagMs: 20_000 }, { indexLagMs: 20_000 });
    const make = async (name: string) =>
      String((await scene.sandbox.act("POST", "/contact/", { name }))["id"]);
    const late = await make("Late");
    scene.clock.advance(1_000);
    scene.sandbox.setIndexLag(0);
    const early = await make("Early");
    const first = await drain(scene);
    expect(first.ids).toEqual([early]);

    scene.clock.advance(20_000);

    expect((await drain(scene, first)).ids).toContain(late);
  });

  it("come once, and not again, when time has gone by", async () => {
    const scene = closeScene({ indexLagMs: 0 });
    await scene.sandbox.act("POST", "/lead/", { name: "A", contacts: named(5) });
    scene.clock.advance(600_000);
    const first = await drain(scene);
    const second = await drain(scene, first);

    expect(first.ids).toHaveLength(5);
    // the last stamp is read again, and nothing before it
    expect(second.ids).toHaveLength(1);
  });

  it("tell what was removed, and again within five minutes, since events may come late", async () => {
    const scene = closeScene({ indexLagMs: 0 });
    const { id } = await scene.sandbox.act("POST", "/contact/", { name: "Ada" });
    const first = await drain(scene);
    await scene.sandbox.act("DELETE", `/contact/${id}/`);

    const second = await drain(scene, first);
    expect(second.removed).toMatchObject([{ kind: "contact", id }]);
    scene.clock.advance(299_000);
    const third = await drain(scene, second);
    expect(third.removed).toHaveLength(1);
    scene.clock.advance(301_000);
    const fourth = await drain(scene, third);

    expect((await drain(scene, fourth)).removed).toEqual([]);
  });

  it("tell of a merge where the lead went, and move its contacts", async () => {
    const scene = closeScene({ indexLagMs: 0 });
    const ada = await scene.sandbox.act("POST", "/contact/", { name: "Ada" });
    const grace = await scene.sandbox.act("POST", "/contact/", { name: "Grace" });
    const [source, destination] = [String(ada["lead_id"]), String(grace["lead_id"])];
    const contacts = await drain(scene);
    await scene.sandbox.act("POST", "/lead/merge/", { source, destination });

    const { removed } = await drain(scene, BEGINNING, "company");
    expect(removed).toMatchObject([{ id: source, mergedInto: destination }]);
    expect(await scene.provider.get("company", source)).toMatchObject({
      id: destination,
      mergedIds: [source],
    });
    const moved = (await drain(scene, contacts)).pages.flatMap(({ records }) => records);
    expect(moved.find(({ id }) => id === ada["id"])?.links).toEqual({ company: [destination] });
    expect((await drain(scene, contacts)).removed).toEqual([]);
  });

  it("of many removals come page by page", async () => {
    const scene = closeScene({ indexLagMs: 0 });
    const { id } = await scene.sandbox.act("POST", "/lead/", { name: "A", contacts: named(130) });
    const first = await drain(scene);
    await scene.sandbox.act("DELETE", `/lead/${id}/`);

    const { removed, pages } = await drain(scene, first);

    expect(new Set(removed.map((removal) => removal.id)).size).toBe(130);
    expect(pages.filter(({ more }) => !more)).toHaveLength(1);
    expect(pages.at(-1)?.more).toBe(false);

    const other = await scene.sandbox.act("POST", "/lead/", { name: "B", contacts: named(60) });
    scene.clock.advance(600_000);
    const third = await drain(scene, { cursor: pages.at(-1)?.cursor ?? "" });
    scene.clock.advance(600_000);
    await scene.sandbox.act("DELETE", `/lead/${other["id"]}/`);
    scene.sandbox.clearCalls();

    expect((await drain(scene, third)).removed).toHaveLength(60);
    // behind a cursor come older ones too: the first page that has some is the last
    expect(scene.sandbox.calls.filter(({ path }) => path.endsWith("/event/"))).toHaveLength(2);
  });

  it("since a month ago are refused: what was removed is no longer on record", async () => {
    const scene = closeScene();
    const { cursor } = await drain(scene);
    scene.clock.advance(31 * 86_400_000);

    await expect(drain(scene, { cursor })).rejects.toMatchObject({ code: "crm.walk_incomplete" });
  });

  it("outlive cursors of Close's that die while a page is worked on", async () => {
    const scene = closeScene({ indexLagMs: 0 }, { pageSize: 10 });
    await scene.sandbox.atOneInstant(async () => {
      await scene.sandbox.act("POST", "/lead/", { name: "A", contacts: named(60) });
    });
    const seen = new Set<string>();
    for await (const { records } of scene.provider.changes("contact", BEGINNING)) {
      for (const { id } of records) seen.add(id);
      if (seen.size === 30) scene.clock.advance(31_000);
    }

    expect(seen).toEqual(idsOf(scene));
  });

  it.each(["", "{}", "null", '{"events":"yesterday"}', '{"at":5,"events":"2026-01-01"}'])(
    "refuse the cursor %j",
    async (cursor) => {
      await expect(drain(closeScene(), { cursor })).rejects.toThrow(RangeError);
    },
  );

  it("refuse an instant that is none", async () => {
    await expect(drain(closeScene(), { since: "yesterday" })).rejects.toThrow(/from\.since/);
  });
});

describe("a walk over all", () => {
  it("brings what was made just before it began, though search is behind", async () => {
    const scene = closeScene({ indexLagMs: 30_000 });
    await scene.sandbox.act("POST", "/lead/", { name: "A", contacts: named(3) });

    const { ids, last } = await walk(scene);

    expect(new Set(ids)).toEqual(idsOf(scene));
    expect(last?.complete).toBe(true);
  });

  it("of deals passes a page of equal stamps, though others change under it", async () => {
    const scene = closeScene({}, { pageSize: 3 });
    const { id: leadId } = await scene.sandbox.act("POST", "/lead/", { name: "A" });
    await scene.sandbox.atOneInstant(async () => {
      for (let at = 0; at < 11; at++)
        await scene.sandbox.act("POST", "/opportunity/", { lead_id: leadId, value: at });
    });
    const deals = scene.sandbox.standing("opportunity").map(({ id }) => id);
    const seen = new Set<string>();
    let pages = 0;
    for await (const { records } of scene.provider.changes("deal", BEGINNING)) {
      for (const { id } of records) seen.add(id);
      pages += 1;
      if (pages !== 2) continue;
      // three that came already move to the end, and all behind them to the front
      for (const id of [...seen].slice(0, 3))
        await scene.sandbox.act("PUT", `/opportunity/${id}/`, { value: 99 });
    }

    expect(seen).toEqual(new Set(deals));
    expect(new Set((await walk(scene, "deal")).ids)).toEqual(new Set(deals));
  });
});
