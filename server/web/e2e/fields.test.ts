import { assert, contact, findings, newName, picture, test, until, type RecordPage } from "./kit";

export { run } from "./kit";

test("a field made in the settings stands in the record, the list and the other language, and is edited", async (world) => {
  const name = newName();
  const [german, english] = [`Wartung ${name}`, `Service ${name}`];
  const id = await contact(world, { given_name: "Anna", family_name: name });
  const page = await world.open("/settings", { lang: "de" });
  await page.getByRole("button", { name: "+ Neues Feld" }).click();
  const form = page.locator("form", { has: page.getByLabel("Name auf Deutsch") });
  await form.getByRole("button", { name: "Feld anlegen" }).click();
  await form.getByRole("alert").waitFor();
  await form.getByLabel("Name auf Deutsch").fill(german);
  await form.getByLabel("Name auf Englisch").fill(english);
  await form.getByRole("combobox", { name: "Art" }).selectOption("date");
  await picture(page, "settings-field-de");
  assert.deepEqual(await findings(page, "settings, new field"), []);
  await form.getByRole("button", { name: "Feld anlegen" }).click();
  await page.getByRole("listitem").getByText(german).waitFor();

  // The form of a record that is already open elsewhere learns of it by itself, too.
  const record = await world.open(`/contacts/${id}`, { lang: "de" });
  await record.getByRole("button", { name: "Leere Felder zeigen" }).click();
  const fact = record.getByRole("button", { name: new RegExp(`^${german}: `) });
  await fact.click();
  await record.keyboard.type("24.12.2026");
  await record.keyboard.press("Enter");
  await record.getByRole("button", { name: `${german}: 24.12.2026` }).waitFor();
  assert.deepEqual(await findings(record, "record, own field"), []);
  await until("the record", () => world.rest<RecordPage>("GET", `/contacts/${id}`), (one) => Object.values(one.values).includes("2026-12-24"));

  await record.getByRole("button", { name: `${german}: 24.12.2026` }).click();
  await record.keyboard.press("Control+a");
  await record.keyboard.type("kein Datum");
  await record.keyboard.press("Enter");
  await record.getByRole("alert").getByText("Das ist kein Datum").waitFor();
  await record.keyboard.press("Escape");

  const other = await world.open(`/contacts?q=${name}`, { lang: "en" });
  await other.getByRole("button", { name: "Columns" }).click();
  await other.getByRole("checkbox", { name: english }).check();
  await other.keyboard.press("Escape");
  await other.getByRole("columnheader", { name: english }).waitFor();
  await other.locator('[aria-rowindex="2"]').getByText("24/12/2026").waitFor();
});
