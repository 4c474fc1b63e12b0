import { assert, contact, findings, newName, test, until, url } from "./kit";

export { run } from "./kit";

const routes = ["/", "/contacts", "/companies", "/tasks", "/visits", "/notes", "/review", "/arrivals", "/devices", "/import", "/settings"];

test("a used-up link says so and signs nobody in", async (world) => {
  const page = await world.stranger("/link#not-a-token");
  await page.getByRole("alert").getByText("used up").waitFor();
  assert.equal(await page.locator("#main").count(), 0);
});

test("Ctrl+K finds a record, opens it and gives the focus back", async (world) => {
  const name = newName();
  const id = await contact(world, { given_name: "Miriam", family_name: name });
  const page = await world.open("/", { lang: "de" });
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Eintrag, Bereich oder Aktion suchen" }).fill(name.toLowerCase());
  await page.getByRole("option", { name: `Miriam ${name}` }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(new RegExp(id));
  await page.getByRole("heading", { name: `Miriam ${name}` }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

test("g and a letter goes to a screen, ? shows the keys, and typing is never a command", async (world) => {
  const page = await world.open("/", { lang: "en" });
  await page.getByRole("heading", { name: "Today", level: 1 }).waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await page.waitForURL(/\/contacts/);
  await page.getByRole("searchbox").fill("g x ?");
  assert.match(page.url(), /contacts/);
  await page.locator("h1").click();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
});

test("the language changes without a reload", async (world) => {
  const page = await world.open("/settings", { lang: "en" });
  await page.getByRole("heading", { name: "Settings", level: 1 }).waitFor();
  await page.evaluate(() => ((window as never as { same: boolean }).same = true));
  await page.getByLabel("Language").selectOption("de");
  await page.getByRole("heading", { name: "Einstellungen", level: 1 }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
  assert.equal(await page.evaluate(() => (window as never as { same: boolean }).same), true);
  await page.getByRole("link", { name: "Kontakte" }).first().waitFor();
});

for (const theme of ["light", "dark"] as const) {
  test(`every route is free of axe findings, ${theme}`, async (world) => {
    const id = await contact(world, { given_name: "Anna", family_name: newName(), nickname: "x" }, { phones: [{ number: "+49 40 1" }] });
    const found: string[] = [];
    for (const route of [...routes, `/contacts/${id}`]) {
      const page = await world.open(route, { theme, lang: theme === "light" ? "de" : "en" });
      await page.locator("h1").waitFor();
      await page.waitForTimeout(300);
      found.push(...(await findings(page, route)));
      if (route === "/contacts") {
        await page.keyboard.press("Control+k");
        await page.getByRole("dialog").waitFor();
        await page.waitForTimeout(200);
        found.push(...(await findings(page, `${route} with the palette`)));
      }
      await page.context().close();
    }
    assert.deepEqual(found, []);
  });
}

test("at 390 px nothing is wider than the screen, and the bar is at the bottom", async (world) => {
  const id = await contact(world, { given_name: "Anna", family_name: newName() }, { phones: [{ number: "+49 40 1" }] });
  for (const route of [...routes, `/contacts/${id}`]) {
    const page = await world.open(route, { width: 390, height: 844, lang: "de" });
    await page.locator("h1").waitFor();
    await page.waitForTimeout(200);
    const wide = await page.evaluate(() => Math.max(document.documentElement.scrollWidth, document.querySelector("main")!.scrollWidth));
    assert.ok(wide <= 390, `${route} is ${wide} px wide`);
    assert.equal(await page.locator("nav.bottom").isVisible(), true);
    await page.context().close();
  }
});

test("eight tabs share one stream, and all hear the change", async (world) => {
  const name = newName();
  const id = await contact(world, { family_name: name, nickname: "eins" });
  const first = await world.open(`/contacts/${id}`, { lang: "en" });
  const tabs = [first];
  for (let i = 0; i < 7; i++) {
    const tab = await first.context().newPage();
    await tab.goto(first.url());
    tabs.push(tab);
  }
  for (const tab of tabs) await tab.locator('[data-fact="nickname"]').getByText("eins").waitFor();
  await first.waitForTimeout(500);
  await world.rest("PATCH", `/contacts/${id}`, { set: { nickname: "zwei" } });
  for (const tab of tabs) await until("the tab", () => tab.locator('[data-fact="nickname"]').innerText(), (text) => text.includes("zwei"), 2000);
});

test("a wrong password says so and keeps the name; a short one at the set-up too", async (world) => {
  const page = await world.visit(`${url}/`, { lang: "de" });
  await page.getByLabel("Name").fill("Ines Kaya");
  await page.getByLabel("Passwort").fill("falsch");
  await page.getByRole("button", { name: "Anmelden" }).click();
  await page.getByRole("alert").getByText("Name oder Passwort stimmt nicht.").waitFor();
  assert.equal(await page.getByLabel("Name").inputValue(), "Ines Kaya");
  assert.deepEqual(await findings(page, "sign-in, refused"), []);
  const setup = await world.visit(`${url}/setup#0000`, { lang: "en", theme: "dark" });
  await setup.getByLabel("Name").fill("Somebody");
  await setup.getByLabel("Password").fill("short");
  await setup.getByRole("button", { name: "Set up" }).click();
  await setup.getByRole("alert").getByText("at least 12 characters").waitFor();
  await setup.getByLabel("Password").fill("long enough for this");
  await setup.getByRole("button", { name: "Set up" }).click();
  await setup.getByRole("alert").getByText("used up or not valid").waitFor();
  assert.deepEqual(await findings(setup, "set-up, refused"), []);
});
