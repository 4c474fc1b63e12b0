import { assert, contact, findings, newId, newName, test, until, type RecordPage, type World } from "./kit";

export { run } from "./kit";

/** A contact whose `city`-like field two people changed without knowing of each other. */
async function split(world: World, name: string): Promise<string> {
  const id = await contact(world, { given_name: "Anna", family_name: name, nickname: "vorher" });
  const { heads } = await world.rest<RecordPage>("GET", `/contacts/${id}`);
  const base = { "base-heads": heads.join(",") };
  await world.rest("PATCH", `/contacts/${id}`, { set: { nickname: "erste" } }, base);
  await world.rest("PATCH", `/contacts/${id}`, { set: { nickname: "zweite" } }, base);
  const record = await world.rest<RecordPage>("GET", `/contacts/${id}`);
  assert.equal(record.conflicts.length, 1, "two edits on the same heads are two versions");
  return id;
}

test("a change from elsewhere is on the page within a second, without a reload", async (world) => {
  const name = newName();
  const id = await contact(world, { given_name: "Selin", family_name: name, nickname: "Seli" });
  const page = await world.open(`/contacts/${id}`, { lang: "de" });
  const list = await world.open(`/contacts?q=${name}`, { lang: "de" });
  await page.locator('[data-fact="nickname"]').getByText("Seli").waitFor();
  await list.getByRole("link", { name: `Selin ${name}` }).waitFor();
  await page.evaluate(() => ((window as never as { same: boolean }).same = true));
  await page.waitForTimeout(500); // the stream is open
  await world.rest("PATCH", `/contacts/${id}`, { set: { nickname: "Selinchen", given_name: "Selina" } });
  const begun = Date.now();
  await page.locator('[data-fact="nickname"]').getByText("Selinchen").waitFor({ timeout: 1000 });
  await list.getByRole("link", { name: `Selina ${name}` }).waitFor({ timeout: 1000 });
  assert.ok(Date.now() - begun <= 1000);
  assert.equal(await page.evaluate(() => (window as never as { same: boolean }).same), true, "no reload");
});

test("two versions stand side by side; one key takes one, and the choice travels", async (world) => {
  const name = newName();
  const id = await split(world, name);
  const page = await world.open("/review", { lang: "de" });
  const item = page.locator(`[data-review="${id}/nickname"]`);
  await item.getByText("erste", { exact: true }).waitFor();
  await item.getByText("zweite", { exact: true }).waitFor();
  const second = (await world.rest<RecordPage>("GET", `/contacts/${id}`)).conflicts[0]!.versions[1]!.value;
  await item.focus();
  await page.keyboard.press("2");
  await item.waitFor({ state: "detached" });
  const record = await until("the choice", () => world.rest<RecordPage>("GET", `/contacts/${id}`), (one) => one.conflicts.length === 0);
  assert.equal(record.values.nickname, second);

  // The choice is an edit like any other: taken back, both versions stand here again.
  await page.locator(".toasts").getByRole("button", { name: "Rückgängig" }).click();
  await item.getByText("erste", { exact: true }).waitFor();
  await item.getByText("zweite", { exact: true }).waitFor();
  await until("both versions", () => world.rest<RecordPage>("GET", `/contacts/${id}`), (one) => one.conflicts.length === 1);
  assert.deepEqual(await findings(page, "review, a choice taken back"), []);
});

test("versions can be settled at the field, by key", async (world) => {
  const id = await split(world, newName());
  const page = await world.open(`/contacts/${id}`, { lang: "en" });
  await page.locator('[data-conflict="nickname"]').waitFor();
  const first = (await world.rest<RecordPage>("GET", `/contacts/${id}`)).conflicts[0]!.versions[0]!.value;
  await page.locator('[data-fact="nickname"]').focus();
  await page.keyboard.press("1");
  await page.locator('[data-conflict="nickname"]').waitFor({ state: "detached" });
  const record = await world.rest<RecordPage>("GET", `/contacts/${id}`);
  assert.equal(record.values.nickname, first);
  assert.equal(record.conflicts.length, 0);
  await page.locator("h1").click();
  await page.keyboard.press("Control+z");
  await page.locator('[data-conflict="nickname"]').waitFor();
  const again = await world.rest<RecordPage>("GET", `/contacts/${id}`);
  assert.deepEqual(again.conflicts[0]!.versions.map((one) => one.value).sort(), ["erste", "zweite"]);
});

test("who changed a field is told by keyboard alone, with the earlier value", async (world) => {
  const id = await contact(world, { given_name: "Jörg", family_name: newName(), nickname: "früher" });
  await world.rest("PATCH", `/contacts/${id}`, { set: { nickname: "später" } });
  const page = await world.open(`/contacts/${id}`, { lang: "de" });
  const fact = page.locator('[data-fact="nickname"]');
  await fact.getByText("später").waitFor();
  await page.locator('[data-fact="given_name"]').focus();
  await page.keyboard.press("h");
  await page.locator('[data-who="given_name"]').getByText(/getippt \d\d:\d\d/).first().waitFor();
  await page.keyboard.press("Escape");
  await fact.focus();
  await page.keyboard.press("h");
  const bubble = page.locator('[data-who="nickname"]');
  await bubble.getByText("früher").first().waitFor();
  assert.match(await bubble.innerText(), /getippt \d\d:\d\d/);
  assert.doesNotMatch(await bubble.innerText(), /\d{4}-\d{2}-\d{2}|nickname/, "no ISO date, no raw key");
  assert.ok(await fact.getAttribute("aria-describedby"), "a screen reader is told as well");
});

test("two people write one note at once; both texts are kept and the caret stays in its word", async (world) => {
  const id = await contact(world, { family_name: newName() });
  const note = newId();
  await world.rest("PUT", `/notes/${note}`, { set: { body: "Der Kessel ist alt." }, add: { about: [id] } });
  const page = await world.open(`/contacts/${id}`, { lang: "de" });
  const entry = page.locator(`[data-entry="${note}"]`);
  await entry.getByRole("button", { name: "Text bearbeiten" }).click();
  const box = page.locator(`[data-coedit="${note}"]`);
  await box.waitFor();
  await page.keyboard.press("Control+End");
  await page.keyboard.type(" Pumpe laut");
  const before = await world.rest<RecordPage>("GET", `/notes/${note}`);
  await world.rest("PATCH", `/notes/${note}`, { text: { body: [{ at: 0, delete: 0, insert: "Achtung: " }] } }, { "base-heads": before.heads.join(",") });
  await until("the other text", () => box.inputValue(), (text) => text.startsWith("Achtung: ") && text.endsWith("Pumpe laut"), 3000);
  await page.keyboard.type("!");
  await until("the caret", () => box.inputValue(), (text) => text === "Achtung: Der Kessel ist alt. Pumpe laut!", 2000);
  await until("the record", () => world.rest<RecordPage>("GET", `/notes/${note}`), (one) => one.values.body === "Achtung: Der Kessel ist alt. Pumpe laut!");
});

test("a note written while the server is away is kept, sent later, and exists once", async (world) => {
  const id = await contact(world, { family_name: newName() });
  const page = await world.open(`/contacts/${id}`, { lang: "de" });
  await page.getByRole("textbox", { name: "Neue Notiz" }).waitFor();
  await page.route("**/api/v1/**", (route) => route.abort());
  await page.getByRole("textbox", { name: "Neue Notiz" }).fill("Ohne Netz geschrieben");
  await page.keyboard.press("Control+Enter");
  await page.getByText("wird gesendet").first().waitFor();
  await page.locator("[data-banner]").waitFor({ timeout: 8000 });
  await page.unroute("**/api/v1/**");
  await page.locator("[data-banner]").waitFor({ state: "detached", timeout: 10_000 });
  const related = await until("the note", () => world.rest<{ rows: { row: { kind: string } }[] }>("GET", `/contacts/${id}/related?limit=50`), (answer) => answer.rows.length > 0);
  assert.equal(related.rows.filter((one) => one.row.kind === "note").length, 1);
});
