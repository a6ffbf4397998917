import type { PersonQuery } from "@salesagent/ports";
import { ADA, ada, BOB, fillWith, foundOfFill, readAllStores } from "./sample-person.js";
import { sampleRun } from "./sample-records.js";
import type { StorageSuite } from "./storage-suite.js";

/** Finding and erasing a person in all stores of a tenant. */
export function erasureConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("erasure-store/1", () => {
    it("finds what each store holds of a person, and changes nothing", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await fillWith(storage, acme, ADA);
      const before = await readAllStores(acme);
      expect(await acme.erasure.find(ada)).toEqual(foundOfFill);
      expect(await readAllStores(acme)).toEqual(before);
    });

    it("erases what it found, tells it as it was found, and leaves no mention", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await fillWith(storage, acme, ADA);
      expect(await acme.erasure.erase(ada)).toEqual(foundOfFill);
      const left = JSON.stringify(await readAllStores(acme));
      expect(left.toLowerCase()).not.toContain(ADA);
      expect(left).toContain("[erased]");
    });

    it("finds nothing once it erased, and erases nothing more", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await fillWith(storage, acme, ADA);
      await acme.erasure.erase(ada);
      const after = await readAllStores(acme);
      expect(await acme.erasure.find(ada)).toEqual([]);
      expect(await acme.erasure.erase(ada)).toEqual([]);
      expect(await readAllStores(acme)).toEqual(after);
    });

    it("leaves everybody else as they are", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await fillWith(storage, acme, BOB);
      const before = await readAllStores(acme);
      expect(await acme.erasure.find(ada)).toEqual([]);
      expect(await acme.erasure.erase(ada)).toEqual([]);
      expect(await readAllStores(acme)).toEqual(before);
    });

    it("leaves the stores of other tenants as they are", async () => {
      await using storage = await open();
      const [acme, other] = [storage.tenant("acme"), storage.tenant("other")];
      await fillWith(storage, other, ADA);
      const before = await readAllStores(other);
      expect(await acme.erasure.find(ada)).toEqual([]);
      await fillWith(storage, acme, ADA);
      const person = { ...ada, threadIds: ["thread"] };
      expect((await acme.erasure.erase(person)).length).toBe(foundOfFill.length);
      expect(await readAllStores(other)).toEqual(before);
      expect(await other.erasure.find(ada)).toEqual(foundOfFill);
    });

    it("erases what was written after it, when it is made again", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await acme.runs.create(sampleRun("run-1", { input: ADA }));
      await acme.erasure.erase(ada);
      await acme.runs.update("run-1", { output: { to: ADA } });
      expect(await acme.erasure.erase(ada)).toEqual([{ store: "runs", records: 1 }]);
      expect(await acme.runs.get("run-1")).toMatchObject({ input: "[erased]", output: { to: "[erased]" } });
    });

    it("knows a person by whole words, in whatever case and form", async () => {
      await using storage = await open();
      const { runs, erasure } = storage.tenant("acme");
      const told = [
        "ADA@Fjord.Example",
        "<ada@fjord.example>, please",
        "https://fjord.example/?to=ada%40fjord.example",
        "dear ada lovelace!",
        { deep: [{ "Ada Lovelace": null }] },
        "Yours\nAda\r\n Lovelace",
        '{"text":"Yours\\nAda\\nLovelace"}',
        "https://fjord.example/?name=Ada+Lovelace",
        "请联系ada@fjord.example谢谢",
      ];
      const untold = ["canada@fjord.example", "ada@fjord.example.org", "Ada", "Ada, Lovelace", 7, null];
      await runs.putMany([...told, ...untold].map((input, index) => sampleRun(`run-${index}`, { input })));
      expect(await erasure.find(ada)).toEqual([{ store: "runs", records: told.length }]);
      await erasure.erase(ada);
      const inputs = (await runs.list()).items.map(({ input }) => input).reverse();
      expect(inputs.slice(told.length)).toEqual(untold);
      expect(inputs.slice(0, told.length)).toEqual([
        "[erased]",
        "<[erased]>, please",
        "https://fjord.example/?to=[erased]",
        "dear [erased]!",
        { deep: [{ "[erased]": null }] },
        "Yours\n[erased]",
        '{"text":"Yours\\n[erased]"}',
        "https://fjord.example/?name=[erased]",
        "请联系[erased]谢谢",
      ]);
    });

    it("finds letters that are not equal to their own lower case, and letters of JSON in ASCII", async () => {
      await using storage = await open();
      const { runs, erasure } = storage.tenant("acme");
      const person = { mentions: ["İbrahim Ağa"] };
      const texts = ["İbrahim Ağa", '{"name":"\\u0130brahim A\\u011fa"}'];
      await runs.putMany(texts.map((input, index) => sampleRun(`run-${index}`, { input })));
      expect(await erasure.erase(person)).toEqual([{ store: "runs", records: texts.length }]);
      expect(await erasure.find(person)).toEqual([]);
    });

    it("finds texts that searches would take for patterns", async () => {
      await using storage = await open();
      const { runs, erasure } = storage.tenant("acme");
      const texts = ["100%_off\\x", 'it\'s "her"', "a.b*c", "(+47) 22 33", "💡💡💡"];
      await runs.putMany([
        ...texts.map((input, index) => sampleRun(`run-${index}`, { input: `${input}!` })),
        sampleRun("other", { input: ["100xyoff\\x", "aXbYc", "100%_off/x"] }),
      ]);
      expect(await erasure.erase({ mentions: texts })).toEqual([{ store: "runs", records: texts.length }]);
      expect(await runs.get("other")).toMatchObject({ input: ["100xyoff\\x", "aXbYc", "100%_off/x"] });
      expect(await erasure.find({ mentions: texts })).toEqual([]);
    });

    it("erases a person out of more records than a page holds", async () => {
      await using storage = await open();
      const { runs, erasure } = storage.tenant("acme");
      await runs.putMany(
        Array.from({ length: 1500 }, (_, index) => sampleRun(`run-${index}`, { input: [index, ADA] })),
      );
      expect(await erasure.erase(ada)).toEqual([{ store: "runs", records: 1500 }]);
      expect(await erasure.find(ada)).toEqual([]);
    });

    it("refuses a person who can't be looked for, naming the field, and changes nothing", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await fillWith(storage, acme, ADA);
      const before = await readAllStores(acme);
      const broken: readonly (readonly [field: string, person: PersonQuery])[] = [
        ["person.mentions", { mentions: [] }],
        ["person.mentions", { mentions: Array.from({ length: 51 }, () => ADA) }],
        ["person.mentions[1]", { mentions: [ADA, "ab"] }],
        ["person.mentions[0]", { mentions: ["erased"] }],
        ["person.threadIds[0]", { ...ada, threadIds: [""] }],
        ["person.subjects[0]", { ...ada, subjects: [""] }],
        ["person.leadIds[1]", { ...ada, leadIds: ["lead-1", "x".repeat(401)] }],
      ];
      for (const [field, person] of broken) {
        const refusal = { code: "store.invalid", facts: { store: "erasure", field } };
        await expect(acme.erasure.find(person)).rejects.toMatchObject(refusal);
        await expect(acme.erasure.erase(person)).rejects.toMatchObject(refusal);
      }
      expect(await readAllStores(acme)).toEqual(before);
    });
  });
}
