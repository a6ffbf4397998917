import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { inChromium } from "./testing/in-chromium.js";

interface Node {
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
  readonly properties?: readonly { readonly name: string; readonly value: { readonly value: unknown } }[];
}

/** What a screen reader is given, node by node. */
async function heard(page: Page): Promise<readonly Node[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = (await session.send("Accessibility.getFullAXTree")) as {
    readonly nodes: readonly Node[];
  };
  await session.detach();
  return nodes.filter(({ ignored }) => !ignored);
}

const NAMED =
  /^(button|link|textbox|searchbox|combobox|checkbox|image|img|heading|table|article|navigation|columnheader|DisclosureTriangle)$/;

inChromium("Studio for everybody", { leads: 12 }, (given) => {
  async function places(): Promise<readonly string[]> {
    const { world } = given;
    const runs = await Promise.all(
      ["writer", "outreach", "researcher"].map((agent) => world.start(agent, world.leadIds[0])),
    );
    world.goOn();
    return [
      ...["#/runs", "#/approvals", "#/leads", "#/conflicts", "#/dead-letters", "#/cost"],
      ...runs.map((id) => `#/runs/${id}`),
      `#/leads/${world.leadIds[0]}`,
    ];
  }

  it("names all that can be used, and has one main part, one heading of the page and one navigation", async () => {
    const { page, go } = await given.open();
    for (const place of await places()) {
      await go(place);
      const nodes = await heard(page);
      const roleOf = ({ role }: Node) => role?.value ?? "";
      const nameless = nodes.filter((node) => NAMED.test(roleOf(node)) && !node.name?.value.trim());
      expect([place, nameless.map(roleOf)]).toEqual([place, []]);
      const count = (wanted: string) => nodes.filter((node) => roleOf(node) === wanted).length;
      expect([place, count("main"), count("banner"), count("navigation")]).toEqual([place, 1, 1, 1]);
      const levels = nodes.filter((node) => roleOf(node) === "heading").map(levelOf);
      expect([place, levels.filter((level) => level === 1).length]).toEqual([place, 1]);
      const leaps = levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1);
      expect([place, leaps]).toEqual([place, []]);
      expect(await page.evaluate(DOUBLE_IDS)).toEqual([]);
      expect(await page.title()).toMatch(/.+ – Studio$/);
    }
  });

  it.each(["light", "dark"] as const)("can be read in %s, by every text's contrast", async (colorScheme) => {
    const { page, go } = await given.open({ colorScheme });
    const paper = await page.evaluate("getComputedStyle(document.body).backgroundColor");
    expect(paper).toBe(colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(19, 23, 31)");
    for (const place of await places()) {
      await go(place);
      expect([place, await page.evaluate(PALE_TEXTS)]).toEqual([place, []]);
    }
  });

  it("fits a phone of 360 pixels, and its buttons a thumb", async () => {
    const { page, go } = await given.open({ width: 360 });
    for (const place of await places()) {
      await go(place);
      expect([place, await page.evaluate("document.documentElement.scrollWidth")]).toEqual([place, 360]);
      const heights = (await page.evaluate(
        `[...document.querySelectorAll("main button")].map((button) => button.getBoundingClientRect().height)`,
      )) as readonly number[];
      expect(heights.filter((height) => height < 36)).toEqual([]);
    }
  });

  it("shows where the focus is, wherever it goes", async () => {
    const { page, go } = await given.open();
    await go("#/leads");
    for (let presses = 0; presses < 14; presses += 1) {
      await page.keyboard.press("Tab");
      const outline = await page.evaluate(
        "(({ outlineStyle, outlineWidth }) => outlineStyle + outlineWidth)(getComputedStyle(document.activeElement))",
      );
      expect(outline).toBe("solid3px");
    }
  });
});

const levelOf = ({ properties = [] }: Node): number =>
  Number(properties.find(({ name }) => name === "level")?.value.value ?? 0);

const DOUBLE_IDS = `(() => {
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  return ids.filter((id, index) => ids.indexOf(id) !== index);
})()`;

/** Texts whose contrast with what is behind them is under 4.5 to 1 (WCAG 2.2, 1.4.3). */
const PALE_TEXTS = `(() => {
  const parts = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (color) => {
    const [r, g, b] = parts(color).slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if ((parts(backgroundColor)[3] ?? 1) > 0) return backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const pale = [];
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (texts.currentNode.data.trim() === "" || !element.checkVisibility() || element.closest("noscript")) continue;
    const style = getComputedStyle(element);
    const [more, less] = [light(element.closest("svg") ? style.fill : style.color), light(behind(element))].sort((a, b) => b - a);
    const contrast = (more + 0.05) / (less + 0.05);
    if (contrast < 4.5) pale.push(texts.currentNode.data.slice(0, 40) + " " + contrast.toFixed(2));
  }
  return pale;
})()`;
