import type { Storage, StreamWatch } from "@salesagent/ports";
import { settlesInTime } from "./flow-suite.js";
import { appendOne, fillStream, readEvents, sampleAppend, sampleStream } from "./sample-streams.js";
import type { StorageSuite } from "./storage-suite.js";

export interface StreamNoticeSuite extends StorageSuite {
  readonly reopen: ((storage: Storage) => Promise<Storage>) | undefined;
  /** Whether watches come to be live. */
  readonly notices: boolean;
  /** How long a case waits to be told, in milliseconds. */
  readonly patienceMs: number;
}

/** What a watch was told, and whoever waits for it. */
class Follower {
  readonly told: string[] = [];
  missed = 0;
  readonly watch: StreamWatch;
  readonly #waiting = new Set<() => void>();

  constructor(
    storage: Storage,
    private readonly patienceMs: number,
    onTold: (id: string) => void = () => {},
  ) {
    this.watch = storage.notices.watch({
      told: ({ tenant, id }) => {
        this.told.push(`${tenant}/${id}`);
        onTold(id);
        for (const look of this.#waiting) look();
      },
      missed: () => {
        this.missed += 1;
        for (const look of this.#waiting) look();
      },
    });
  }

  /** Whether it holds before patience is over. It is asked whenever something is told. */
  async until(holds: () => boolean): Promise<boolean> {
    let look = () => {};
    const held = new Promise<void>((resolve) => {
      look = () => {
        if (holds()) resolve();
      };
      this.#waiting.add(look);
      look();
    });
    const inTime = await settlesInTime(held, this.patienceMs);
    this.#waiting.delete(look);
    return inTime;
  }

  isLive(): Promise<boolean> {
    return this.until(() => this.watch.isLive);
  }

  hears(...streams: readonly string[]): Promise<boolean> {
    return this.until(() => streams.every((stream) => this.told.includes(stream)));
  }
}

/** Whoever follows streams is told that they go on. */
export function streamNoticeConformance(suite: StreamNoticeSuite): void {
  const { describe, it, expect, open, reopen, notices, patienceMs } = suite;
  describe("stream-notices/1", () => {
    it("names its port, and is live where it can tell", async () => {
      await using storage = await open();
      expect(storage.notices.port).toBe("stream-notices/1");
      const follower = new Follower(storage, patienceMs);
      if (notices) expect(await follower.isLive()).toBe(true);
      else expect(follower.watch.isLive).toBe(false);
      follower.watch.close();
      expect(follower.watch.isLive).toBe(false);
      follower.watch.close();
    });

    it("ends with the storage", async () => {
      const storage = await open();
      const follower = new Follower(storage, patienceMs);
      if (notices) await follower.isLive();
      await storage[Symbol.asyncDispose]();
      expect(follower.watch.isLive).toBe(false);
      let thrown: unknown;
      try {
        new Follower(storage, patienceMs);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toMatchObject({ code: "store.closed", facts: { store: "notices" } });
    });

    if (!notices) return;

    it("tells of appends, ends and requests to stop, of every tenant, and of nothing else", async () => {
      await using storage = await open();
      const [acme, other] = [storage.tenant("acme").streams, storage.tenant("ø 🐟 \"'").streams];
      for (const id of ["appended", "ended", "stopped", "quiet", "held"]) await acme.open(sampleStream(id));
      await other.open(sampleStream("appended"));
      const follower = new Follower(storage, patienceMs);
      await follower.isLive();
      await acme.open(sampleStream("opened"));
      await acme.append([sampleAppend("quiet", { after: 3 }), sampleAppend("held", { events: [] })]);
      await acme.append([sampleAppend("appended")]);
      await other.append([sampleAppend("appended")]);
      await acme.append([sampleAppend("ended", { events: [], end: { status: "completed" } })]);
      await acme.requestStop("stopped", { by: "ada", reason: "enough" });
      const wanted = ["acme/appended", "ø 🐟 \"'/appended", "acme/ended", "acme/stopped"];
      expect(await follower.hears(...wanted)).toBe(true);
      expect([...new Set(follower.told)].sort()).toEqual([...wanted].sort());
      follower.watch.close();
    });

    it("tells of what stands, and not of what was rolled back", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      for (const id of ["stands", "rolled back", "last"]) await acme.streams.open(sampleStream(id));
      const reads: Promise<unknown>[] = [];
      const follower = new Follower(storage, patienceMs, (id) => {
        if (id === "stands") reads.push(readEvents(acme.streams, id));
      });
      await follower.isLive();
      const given = new Error("given up");
      const rolledBack = acme.transaction(async ({ streams }) => {
        await appendOne(streams, sampleAppend("rolled back"));
        await streams.requestStop("rolled back", { by: "ada", reason: "enough" });
        throw given;
      });
      await expect(rolledBack).rejects.toBe(given);
      await acme.transaction(async ({ streams }) => {
        await appendOne(streams, sampleAppend("stands"));
      });
      await appendOne(acme.streams, sampleAppend("last"));
      expect(await follower.hears("acme/stands", "acme/last")).toBe(true);
      expect(follower.told.includes("acme/rolled back")).toBe(false);
      expect(await Promise.all(reads)).toEqual(reads.map(() => [[1, "#1"]]));
      follower.watch.close();
    });

    it("tells each of those who watch, until they are through", async () => {
      await using storage = await open();
      const { streams } = storage.tenant("acme");
      await fillStream(streams, sampleStream("1"), []);
      await fillStream(streams, sampleStream("2"), []);
      const [leaves, stays] = [new Follower(storage, patienceMs), new Follower(storage, patienceMs)];
      await Promise.all([leaves.isLive(), stays.isLive()]);
      await appendOne(streams, sampleAppend("1"));
      expect(await leaves.hears("acme/1")).toBe(true);
      expect(await stays.hears("acme/1")).toBe(true);
      leaves.watch.close();
      await appendOne(streams, sampleAppend("2"));
      expect(await stays.hears("acme/2")).toBe(true);
      expect([leaves.told.includes("acme/2"), leaves.watch.isLive, stays.watch.isLive]).toEqual([
        ...[false, false, true],
      ]);
      stays.watch.close();
      const again = new Follower(storage, patienceMs);
      expect(await again.isLive()).toBe(true);
      await appendOne(streams, sampleAppend("2", { after: 1 }));
      expect(await again.hears("acme/2")).toBe(true);
      again.watch.close();
    });

    it("tells of every one of many streams, or that some may be missed, however long their ids are", async () => {
      await using storage = await open();
      const { streams } = storage.tenant("acme");
      const short = Array.from({ length: 120 }, (_, index) => `run-${index}`);
      const long = Array.from({ length: 30 }, (_, index) => `${"ø".repeat(390)}-${index}`);
      for (const id of [...short, ...long]) await streams.open(sampleStream(id));
      const follower = new Follower(storage, patienceMs);
      await follower.isLive();
      const missed = follower.missed;
      await streams.append(short.map((id) => sampleAppend(id)));
      expect(await follower.hears(...short.map((id) => `acme/${id}`))).toBe(true);
      await streams.append(long.map((id) => sampleAppend(id)));
      const hearsAll = () =>
        follower.missed > missed || long.every((id) => follower.told.includes(`acme/${id}`));
      expect(await follower.until(hearsAll)).toBe(true);
      follower.watch.close();
    });

    it("tells whoever shares what the storage holds", async () => {
      await using storage = await open();
      if (reopen === undefined || !storage.supports.shared) return;
      await using second = await reopen(storage);
      const { streams } = storage.tenant("acme");
      await streams.open(sampleStream("1"));
      const follower = new Follower(second, patienceMs);
      expect(await follower.isLive()).toBe(true);
      await appendOne(streams, sampleAppend("1"));
      expect(await follower.hears("acme/1")).toBe(true);
      follower.watch.close();
    });
  });
}
