import { contact, findings, assert, newName, picture, test } from "./kit";

export { run } from "./kit";

test("while a new contact is typed, who is here already is shown and opened", async (world) => {
  const name = newName();
  const digits = String(Date.now()).slice(-8);
  const id = await contact(world, { given_name: "Änne", family_name: name }, { phones: [{ number: `+49 171 ${digits}` }] });
  const page = await world.open("/contacts", { lang: "de" });
  const open = async (): Promise<void> => {
    await page.getByRole("button", { name: "+ Kontakt" }).first().click();
    await page.getByRole("dialog").waitFor();
  };
  await open();
  const hint = page.locator("[data-alike]");
  // Found by number, written another way, and by name without its umlaut.
  await page.getByLabel("Telefon").fill(`0171/${digits}`);
  await hint.getByRole("link", { name: `Änne ${name}` }).waitFor();
  await page.getByLabel("Telefon").fill("");
  await hint.waitFor({ state: "detached" });
  await page.getByLabel("Vorname").fill("Anne");
  await page.getByLabel("Nachname").fill(name);
  await hint.getByRole("link", { name: `Änne ${name}` }).waitFor();
  await picture(page, "alike-de");
  assert.deepEqual(await findings(page, "new contact with a hint"), []);
  await hint.getByRole("link").click();
  await page.waitForURL(new RegExp(id));
  assert.equal(await page.getByRole("dialog").count(), 0);

  // A hint, not a ban.
  await page.goBack();
  await open();
  await page.getByLabel("Vorname").fill("Änne");
  await page.getByLabel("Nachname").fill(name);
  await hint.waitFor();
  await page.getByRole("button", { name: "Anlegen" }).click();
  await page.getByRole("heading", { name: `Änne ${name}`, level: 1 }).waitFor();
});
