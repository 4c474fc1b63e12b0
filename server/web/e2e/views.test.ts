import { assert, contact, findings, newName, picture, test } from "./kit";

export { run } from "./kit";

test("a filtered list is saved as a view, opens by its name with its columns, and what was changed is saved or dropped", async (world) => {
  const name = newName();
  await contact(world, { given_name: "Anna", family_name: name, nickname: name, state: "customer" });
  await contact(world, { given_name: "Ben", family_name: name, state: "lead" });
  const filter = JSON.stringify([[{ field: "family_name", op: "is", value: name }], [{ field: "state", op: "is", value: "customer" }]]);
  const page = await world.open(`/contacts?f=${encodeURIComponent(filter)}`, { lang: "de" });
  await page.locator('[data-count="1"]').waitFor();
  await page.getByRole("button", { name: "Spalten" }).click();
  await page.getByRole("checkbox", { name: "Rufname" }).check();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "+ Als Ansicht speichern" }).click();
  const dialog = page.getByRole("dialog", { name: "Neue Ansicht" });
  await dialog.getByRole("button", { name: "Speichern" }).click();
  await dialog.getByRole("alert").waitFor();
  await dialog.getByLabel("Name der Ansicht").fill(`Sicht ${name}`);
  await dialog.getByLabel("Alle sehen sie").check();
  assert.deepEqual(await findings(page, "new view"), []);
  await dialog.getByRole("button", { name: "Speichern" }).click();
  const chip = page.getByRole("button", { name: new RegExp(`^Sicht ${name}`) });
  await chip.waitFor();
  assert.equal(await chip.getAttribute("aria-pressed"), "true");

  // Elsewhere it is there by itself, and brings filter and columns.
  const other = await world.open("/contacts", { lang: "en" });
  await other.getByRole("button", { name: `Sicht ${name}` }).click();
  await other.locator('[data-count="1"]').waitFor();
  await other.getByRole("columnheader", { name: "Known as" }).waitFor();
  await other.reload();
  await other.getByRole("columnheader", { name: "Known as" }).waitFor();
  assert.deepEqual(await findings(other, "list with a view"), []);
  await picture(other, "views-en");

  await page.getByRole("button", { name: /^Entfernen: Status/ }).click();
  await page.locator('[data-count="2"]').waitFor();
  await chip.getByText("geändert").waitFor();
  await page.getByRole("button", { name: "Verwerfen" }).click();
  await page.locator('[data-count="1"]').waitFor();
  await page.getByRole("button", { name: /^Entfernen: Status/ }).click();
  await page.locator('[data-count="2"]').waitFor();
  await page.getByRole("button", { name: "Speichern", exact: true }).click();
  await chip.getByText("geändert").waitFor({ state: "detached" });
  await page.getByRole("group", { name: "Ansichten" }).getByRole("button", { name: "Alle", exact: true }).click();
  await chip.click();
  await page.locator('[data-count="2"]').waitFor();

  await page.getByRole("button", { name: "Ansicht löschen" }).click();
  await chip.waitFor({ state: "detached" });
  await page.locator(".toasts").getByRole("button", { name: "Rückgängig" }).last().click();
  await chip.waitFor();
});

test("a view of one's own is nobody else's", async (world) => {
  const name = newName();
  const page = await world.open("/companies?s=-title", { lang: "en" });
  await page.getByRole("button", { name: "+ Save as a view" }).click();
  await page.getByLabel("Name of the view").fill(name);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name }).waitFor();
  const filter = JSON.stringify({ all: [{ field: { field: "type", op: "is", value: "view" } }, { field: { field: "label_en", op: "is", value: name } }] });
  const { rows } = await world.rest<{ rows: { id: string }[] }>("GET", `/settings?filter=${encodeURIComponent(filter)}`);
  assert.equal(rows.length, 1);
  await world.rest("PATCH", `/settings/${rows[0]!.id}`, { set: { "p/person": "01a20799-771d-7065-9087-bfdb771e28f4" } });
  await page.getByRole("button", { name }).waitFor({ state: "detached" });
});
