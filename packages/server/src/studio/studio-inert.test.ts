import { expect, it } from "vitest";
import { inChromium } from "./testing/in-chromium.js";

/** Texts that do something wherever they become markup, a script or an address. */
const PAYLOADS = [
  `<img src=x onerror="window.pwned=1">`,
  `"><script>window.pwned=1</script>`,
  "<svg/onload=window.pwned=1>",
  "javascript:window.pwned=1//",
  `</textarea></style><iframe srcdoc="<script>parent.pwned=1</script>">`,
  `' onfocus=window.pwned=1 autofocus x='`,
  "{{constructor.constructor('window.pwned=1')()}}",
  "`+(window.pwned=1)+`",
  "\u202egnp.exe",
];

let used = 0;
function hostile(plain: string): string {
  used += 1;
  return `${PAYLOADS[used % PAYLOADS.length]} ${plain}`;
}

/** What would be there if a text had become more than text. */
const GROWN = `({
  pwned: window.pwned,
  elements: document.querySelectorAll("script:not([src]), iframe, img:not([role]), object, embed, form[action], [srcdoc], main style").length,
  handlers: [...document.querySelectorAll("*")].flatMap((element) => element.getAttributeNames()).filter((name) => name.startsWith("on")).length,
  addresses: [...document.querySelectorAll("a")].filter(({ protocol }) => !/^https?:$/.test(protocol)).length,
})`;

inChromium("Studio with hostile texts in every field", { text: hostile, prefix: "/", leads: 9 }, (given) => {
  it("keeps them texts on every page", async () => {
    const { world } = given;
    const runs = await Promise.all(
      ["writer", "outreach", "researcher"].map((agent) => world.start(agent, world.leadIds[0])),
    );
    world.goOn();
    const { page, go } = await given.open();
    const places = [
      ...["#/runs", "#/approvals", "#/leads", "#/conflicts", "#/dead-letters", "#/cost"],
      ...runs.map((id) => `#/runs/${id}`),
      ...world.leadIds.map((id) => `#/leads/${id}`),
      `#/leads?q=${encodeURIComponent(PAYLOADS[0] ?? "")}&source=${encodeURIComponent(PAYLOADS[5] ?? "")}`,
      `#/${encodeURIComponent(PAYLOADS[1] ?? "")}`,
    ];
    let shown = "";
    for (const place of places) {
      await go(place);
      for (const summary of await page.locator("main summary").all()) await summary.click();
      shown += await page.locator("body").innerText();
      expect(await page.evaluate(GROWN)).toEqual({
        pwned: undefined,
        elements: 0,
        handlers: 0,
        addresses: 0,
      });
    }
    for (const payload of PAYLOADS.slice(0, -1)) expect(shown).toContain(payload);
    expect(shown).not.toContain("\u202e");
    expect(shown).toContain("⟦U+202E⟧gnp.exe");
  });

  it("tells an id that is nobody's, whatever it holds", async () => {
    const { page, go, troubles } = await given.open();
    for (const payload of PAYLOADS) {
      await go(`#/leads/${encodeURIComponent(payload)}`);
      await page.getByRole("alert").waitFor();
      expect(await page.evaluate("window.pwned")).toBeUndefined();
    }
    expect(troubles.filter((trouble) => !/status of 40[04]/.test(trouble))).toEqual([]);
    troubles.length = 0;
  });

  it("lets no script make markup of a text, even one that tries", async () => {
    const { page, troubles } = await given.open();
    const tries = `(() => {
      try { document.body.innerHTML = "<b>x</b>"; return "made"; } catch (error) { return error.name; }
    })()`;
    expect(await page.evaluate(tries)).toBe("TypeError");
    const inline = `(() => {
      const script = document.createElement("script");
      try { script.textContent = "window.pwned = 1"; document.body.append(script); } catch {}
      return window.pwned;
    })()`;
    expect(await page.evaluate(inline)).toBeUndefined();
    troubles.length = 0; // the browser tells of what the policy stopped
  });
});
