import { assert, contact, findings, newName, test, until, type RecordPage } from "./kit";

export { run } from "./kit";

test("a list counts exactly, searches, sorts and goes by keyboard", async (world) => {
  const name = newName();
  for (let i = 0; i < 12; i++) await contact(world, { given_name: `Anna${String.fromCharCode(65 + i)}`, family_name: name });
  const page = await world.open("/contacts", { lang: "de" });
  await page.getByRole("searchbox", { name: "Kontakte durchsuchen" }).fill(name);
  await page.locator('[data-count="12"]').waitFor();
  const grid = page.getByRole("grid");
  assert.equal(await grid.getAttribute("aria-rowcount"), "13");
  await page.waitForURL((url) => url.href.includes(`q=${name}`));
  await page.getByRole("link", { name: `AnnaA ${name}` }).waitFor();

  await grid.locator('[data-place="0:1"]').focus();
  await page.keyboard.press("Control+End");
  const at = await until("focus", () => page.evaluate(() => (document.activeElement as HTMLElement).dataset.place), (place) => place?.startsWith("11:") === true);
  assert.ok(at);
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("x");
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  await page.getByRole("region", { name: "3 ausgewählt" }).waitFor();
  await page.keyboard.press("Control+a");
  await page.getByRole("region", { name: "12 ausgewählt" }).waitFor();
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Name" }).first().click();
  await page.waitForURL(/s=-title/);
  await until("first row", () => page.locator('[aria-rowindex="2"] [data-field="@name"]').innerText(), (text) => text.startsWith("AnnaL"));
});

test("a cell is edited in place, and the server has the value", async (world) => {
  const name = newName();
  const id = await contact(world, { given_name: "Jörg", family_name: name }, { phones: [{ number: "+49 40 1111" }] });
  const page = await world.open(`/contacts?q=${name}`, { lang: "de" });
  const cell = page.locator('[aria-rowindex="2"] [data-field="phones"]');
  await cell.getByText("+49 40 1111").waitFor();
  await cell.focus();
  await page.keyboard.press("e");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("+49 171 2222");
  await page.keyboard.press("Enter");
  await until("the new number", () => cell.innerText(), (text) => text.includes("+49 171 2222"), 1000);
  const numbers = (record: RecordPage): unknown => (record.values.phones as { number: string }[]).map((one) => one.number).join();
  await until("the record", () => world.rest<RecordPage>("GET", `/contacts/${id}`), (record) => numbers(record) === "+49 171 2222");

  // Esc reverts.
  await cell.focus();
  await page.keyboard.press("e");
  await page.keyboard.type("falsch");
  await page.keyboard.press("Escape");
  assert.ok((await cell.innerText()).includes("+49 171 2222"));
});

test("an edit shows without waiting for a slow server, and a refused one keeps what was typed", async (world) => {
  const name = newName();
  await contact(world, { family_name: name, given_name: "Ute" }, { emails: [{ address: "alt@example.org" }] });
  const page = await world.open(`/contacts?q=${name}`, { lang: "en" });
  const cell = page.locator('[aria-rowindex="2"] [data-field="emails"]');
  await cell.getByText("alt@example.org").waitFor();
  await page.route("**/api/v1/contacts/*", async (route) => {
    if (route.request().method() !== "PATCH") return route.continue();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await route.fulfill({ status: 400, contentType: "application/problem+json", body: JSON.stringify({ type: "/problems/bad_value", title: "Bad Request", status: 400, detail: "", code: "bad_value", trace_id: "7f3a00" }) });
  });
  await cell.focus();
  await page.keyboard.press("e");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("neu@example.org");
  const sent = Date.now();
  await page.keyboard.press("Enter");
  await cell.getByText("neu@example.org").waitFor({ timeout: 1000 });
  assert.ok(Date.now() - sent < 1500, "shown before the server answered");
  await page.getByRole("alert").filter({ hasText: "does not fit this field" }).waitFor();
  assert.equal(await cell.getByRole("textbox").inputValue(), "neu@example.org");
});

test("one field of many records is changed only once a value was chosen, and can be undone", async (world) => {
  const name = newName();
  const ids = [await contact(world, { given_name: "Anna", family_name: name, nickname: "A" }), await contact(world, { given_name: "Ben", family_name: name, nickname: "B" })];
  const page = await world.open(`/contacts?q=${name}`, { lang: "de" });
  await page.getByRole("link", { name: `Ben ${name}` }).waitFor();
  await page.locator('[data-place="0:1"]').focus();
  await page.keyboard.press("Control+a");
  await page.getByRole("button", { name: "Feld ändern" }).click();
  const dialog = page.getByRole("dialog", { name: "2 Kontakte ändern" });
  await dialog.getByLabel("Feld").selectOption("nickname");
  const go = dialog.getByRole("button", { name: "2 Kontakte ändern" });
  assert.equal(await go.isDisabled(), true, "nothing is emptied by looking");
  assert.deepEqual(await findings(page, "change many"), []);
  await dialog.getByRole("button", { name: "Wählen …" }).click();
  await page.keyboard.type("Neu");
  await page.keyboard.press("Enter");
  await go.click();
  const nicknames = async (): Promise<unknown[]> => Promise.all(ids.map(async (id) => (await world.rest<RecordPage>("GET", `/contacts/${id}`)).values.nickname));
  await until("both", nicknames, (all) => all.join() === "Neu,Neu");
  await page.locator(".toasts").getByRole("button", { name: "Rückgängig" }).click();
  await until("both as before", nicknames, (all) => all.join() === "A,B");
});
