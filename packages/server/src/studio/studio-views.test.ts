import { expect, it } from "vitest";
import { inChromium } from "./testing/in-chromium.js";
import { keepScreenshot } from "./testing/studio-browser.js";

const TENANT = "acme";

inChromium("Studio's leads, conflicts, dead letters and costs", {}, (given) => {
  it("shows leads page by page with their scores, and finds them", async () => {
    const { page } = await given.open({ place: "#/leads" });
    const table = page.getByRole("table", { name: "Leads" });
    await table.getByRole("row", { name: /Figma – Ada Lovelace new 92 A/ }).waitFor();
    await page.getByText("25 leads, and there are more").waitFor();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.getByRole("button", { name: "Show more" }).click();
    await page.getByText("30 leads", { exact: true }).waitFor();
    await table.getByRole("row", { name: /36 B/ }).waitFor();
    expect(asked.map((path) => path.split("/").at(-1))).toEqual(["leads"]);

    await page.getByLabel("Order").selectOption("score");
    await page.getByText("20 leads", { exact: true }).waitFor();
    expect(await table.getByRole("row").nth(1).innerText()).toContain("92");
    await page.getByLabel("Search").fill("LOVE figma 10");
    await page.keyboard.press("Enter");
    await page.getByText("1 lead", { exact: true }).waitFor();
    await page.getByLabel("Stage").selectOption("won");
    await page.getByText("No lead is like that.").waitFor();
  });

  it("shows the evidence for and against a lead, and what is missing", async () => {
    const { page } = await given.open({ place: `#/leads/${given.world.leadIds[0]}` });
    expect(await page.getByRole("table", { name: "For" }).innerText()).toContain(
      "Design tools is one of ours",
    );
    expect(await page.getByRole("table", { name: "Against" }).innerText()).toContain("Norway is not served");
    expect(await page.getByText("Missing facts").isVisible()).toBe(true);
    expect(await page.getByRole("table", { name: "Contact" }).innerText()).toContain("csv:fair.csv");
    await keepScreenshot(page, "studio-lead");
    await page.getByRole("button", { name: "Qualify this lead now" }).click();
    await page.getByRole("heading", { name: "Run of writer" }).waitFor();
  });

  it("settles a conflict with one side or a typed value", async () => {
    const world = await given.openWorld({ leads: 1 });
    const { page } = await given.openIn(world, { place: "#/conflicts" });
    const card = page.getByRole("article", { name: /firstName of a contact/ });
    expect(await card.locator("dl").innerText()).toMatch(/Before\s+Ada\s+App\s+Adah\s+CRM close\s+Augusta/);
    await card.getByRole("button", { name: "Take what is typed" }).click();
    await card.getByRole("alert").getByText("Nothing is typed.").waitFor();
    await card.getByLabel("Or another value").fill("Ada Augusta");
    await card.getByRole("button", { name: "Take what is typed" }).click();
    await page.getByRole("status").filter({ hasText: "The conflict is settled" }).waitFor();
    const { items } = await world.storage.tenant(TENANT).conflicts.list();
    expect(items).toMatchObject([{ status: "resolved", value: "Ada Augusta", endedBy: "user:ada" }]);
    expect(await card.getByRole("button").count()).toBe(0);
  });

  it("gives a dead letter up, after it asked", async () => {
    const world = await given.openWorld({ leads: 1 });
    const { page } = await given.openIn(world, { place: "#/dead-letters" });
    await page.getByRole("button", { name: "Give it up…" }).click();
    await page.getByRole("button", { name: "Yes, give it up" }).click();
    await page.getByRole("status").filter({ hasText: "It is given up" }).waitFor();
    expect((await world.storage.tenant(TENANT).deadLetters.list()).items).toMatchObject([
      { status: "dropped" },
    ]);
  });

  it("draws costs by day, and has them as a table", async () => {
    const { page } = await given.open({ place: "#/cost" });
    const chart = page.getByRole("img", { name: /^Cost by day, .+: \$63\.00 in all/ });
    await chart.waitFor();
    expect(await chart.locator("rect").count()).toBe(60);
    await page.getByText("The price of 3 calls is not known").waitFor();
    await page.getByText("The same as a table").click();
    const table = page.getByRole("table", { name: "Cost by day" });
    await table.waitFor();
    expect(await table.getByRole("row").count()).toBe(31);
    await page.getByLabel("By", { exact: true }).selectOption("model");
    await page.getByText("cerebras/gpt-oss-120b $18.00").waitFor();
    await keepScreenshot(page, "studio-cost");
  });
});
