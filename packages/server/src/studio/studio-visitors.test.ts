import { expect, it } from "vitest";
import { inChromium } from "./testing/in-chromium.js";

const TENANT = "acme";

inChromium("Studio's visitors", { leads: 3 }, (given) => {
  const places = ["#/runs", "#/approvals", "#/leads", "#/conflicts", "#/dead-letters", "#/cost"];

  it("who only look have nothing to press that would change anything", async () => {
    const { world } = given;
    const run = await world.start("writer");
    await world.start("outreach");
    const { page, go } = await given.open({ role: "viewer" });
    for (const place of [...places, `#/runs/${run}`, `#/leads/${world.leadIds[0]}`]) {
      await go(place);
      const names = await page.getByRole("button").allInnerTexts();
      expect(names.filter((name) => name !== "Skip to content" && name !== "Search")).toEqual([]);
    }
  });

  it("sign in with a key, which is kept in the page alone unless they wish", async () => {
    const { key } = await given.world.sales.apiKeys.issue(TENANT, {
      name: "Eve",
      role: "viewer",
      by: "user:1",
    });
    const { page, troubles } = await given.open({ role: "" });
    const signIn = async (text: string) => {
      await page.getByLabel("API key").fill(text);
      await page.keyboard.press("Enter");
    };
    await page.goto(given.world.url);
    await signIn(`${key}x`);
    await page.getByRole("alert").getByText("access.unauthenticated").waitFor();
    await signIn(key);
    await page.getByRole("heading", { name: "Runs" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.getByLabel("Keep it until this tab is closed").check();
    await signIn(key);
    await page.getByRole("heading", { name: "Runs" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Runs" }).waitFor();
    await page.getByRole("button", { name: "Forget the key" }).click();
    await page.reload();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(troubles.filter((trouble) => !trouble.includes("401"))).toEqual([]);
    troubles.length = 0;
  });
});
