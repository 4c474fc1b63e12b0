import type { Page } from "playwright-core";

import { assert, findings, newName, picture, test, until, type World } from "./kit";

export { run } from "./kit";

/** As German Excel saves it: semicolons, Windows-1252, CR LF. */
function excel(text: string): Buffer {
  return Buffer.from(text.replaceAll("\n", "\r\n").replaceAll("€", "\x80"), "latin1");
}

async function counts(page: Page): Promise<Record<string, number>> {
  const found = await page.locator("[data-counted]").evaluateAll((all) => all.map((one) => [(one as HTMLElement).dataset.counted!, Number(one.querySelector("strong")!.textContent!.replace(/\D/g, ""))] as const));
  return Object.fromEntries(found);
}

async function choose(page: Page, name: string, buffer: Buffer): Promise<void> {
  await page.locator('input[type="file"]').setInputFiles({ name, mimeType: "text/plain", buffer });
  await page.locator("[data-counts]").waitFor();
}

async function number(world: World, name: string): Promise<number> {
  return (await world.rest<{ count: number }>("GET", `/contacts/count?search=${encodeURIComponent(name)}`)).count;
}

test("a German Excel file is looked at, imported, changes nothing the second time, and is taken back", async (world) => {
  const name = newName();
  const file = excel(
    `Nachname;Vorname;Tel. mobil;Tel. geschäftlich;E-Mail;Straße geschäftlich;PLZ geschäftlich;Ort geschäftlich;Geburtstag\n` +
      `${name};Jörg;0171 3920055;040 66969 155;joerg@example.org;Große Elbstraße 4;22767;Hamburg;04.05.1980\n` +
      `${name};Änne;0171 3920056;;aenne@example.org;Üferweg 1;21129;Hamburg;31.02.1980\n`,
  );
  const page = await world.open("/import", { lang: "de" });
  await choose(page, "kontakte.csv", file);
  assert.deepEqual(await counts(page), { new: 2, error: 1 });
  await page.getByText("kontakte.csv · Windows-1252 · ; · 2 Zeilen").waitFor();
  const mapping = page.getByLabel("Feld für Tel. mobil");
  assert.equal(await mapping.inputValue(), "phones[mobile]");
  assert.equal(await page.getByLabel("Feld für PLZ geschäftlich").inputValue(), "addresses[work].postal_code");
  // The broken one is named: where, what, and why, in the page's language.
  const bad = page.getByRole("row", { name: /Zeile 3/ });
  await bad.getByText("31.02.1980").waitFor();
  await bad.getByText("passt nicht zum Feld; beim Eintrag aufbewahrt").waitFor();
  assert.equal(await number(world, name), 0, "nothing is written before the last step");
  await picture(page, "import-check-de");
  assert.deepEqual(await findings(page, "import, check"), []);

  await page.getByRole("button", { name: "Übernehmen" }).click();
  await page.getByText("Import fertig.").waitFor();
  assert.equal(await number(world, name), 2);
  await picture(page, "import-done-de");
  assert.deepEqual(await findings(page, "import, done"), []);
  const { rows } = await world.rest<{ rows: { id: string; title: string }[] }>("GET", `/contacts?search=${name}`);
  const joerg = rows.find((row) => row.title === `Jörg ${name}`)!;
  const record = await world.rest<{ values: { phones: { label: string }[]; birthday: string } }>("GET", `/contacts/${joerg.id}`);
  assert.deepEqual([record.values.phones.map((one) => one.label), record.values.birthday], [["mobile", "work"], "1980-05-04"]);

  await page.getByRole("button", { name: "Weitere Datei importieren" }).click();
  await choose(page, "kontakte.csv", file);
  assert.deepEqual(await counts(page), { new: 0, skip: 2, error: 1 }, "the same file again says nothing new");
  await page.getByRole("button", { name: "Übernehmen" }).click();
  await page.getByText("Import fertig.").waitFor();
  assert.equal(await number(world, name), 2);
  await page.getByRole("button", { name: "Weitere Datei importieren" }).click();

  // Another file, and the way back: only what it made, and nothing that somebody edited since.
  await choose(page, "mehr.csv", excel(`Nachname;Vorname;E-Mail\n${name};Jörg;joerg@example.org\n${name};Neu;neu@example.org\n${name};Bleibt;bleibt@example.org\n`));
  assert.deepEqual(await counts(page), { new: 2, duplicate: 1 });
  await page.getByRole("button", { name: "Übernehmen" }).click();
  await page.getByText("Import fertig.").waitFor();
  assert.equal(await number(world, name), 5);
  const { rows: all } = await world.rest<{ rows: { id: string; title: string }[] }>("GET", `/contacts?search=${name}`);
  await world.rest("PATCH", `/contacts/${all.find((row) => row.title === `Bleibt ${name}`)!.id}`, { set: { nickname: "Bleibe" } });
  await page.getByRole("button", { name: "Ganzen Import rückgängig" }).click();
  await page.getByText("Der Import wurde zurückgenommen. 1 Eintrag wurde seither bearbeitet und bleibt.").waitFor();
  await until("the others are gone", () => number(world, name), (count) => count === 3);
  assert.deepEqual(await findings(page, "import, undone"), []);
});

test("of a vCard file the broken card is named and the others are imported, also at phone width", async (world) => {
  const name = newName();
  const card = (given: string, end = "END:VCARD\r\n"): string => `BEGIN:VCARD\r\nVERSION:3.0\r\nN:${name};${given};;;\r\nFN:${given} ${name}\r\nTEL;TYPE=CELL:+49 171 39200 77\r\n${end}`;
  const page = await world.open("/import", { lang: "en", theme: "dark", width: 390, height: 844 });
  await choose(page, "cards.vcf", Buffer.from(card("Öykü") + card("Half", "") + card("Zoë")));
  assert.deepEqual(await counts(page), { new: 2, error: 1 });
  await page.getByRole("row", { name: /Row 2/ }).getByText("this row cannot be read; it is left out").waitFor();
  await picture(page, "import-check-en-dark-390");
  assert.deepEqual(await findings(page, "vCard, check"), []);
  assert.ok((await page.evaluate(() => document.querySelector("main")!.scrollWidth)) <= 390, "nothing is wider than the screen");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByText("Import finished.").waitFor();
  assert.equal(await number(world, name), 2);
});

test("a file that is no list says so, and nothing happens", async (world) => {
  const page = await world.open("/import", { lang: "de" });
  await page.locator('input[type="file"]').setInputFiles({ name: "bild.csv", mimeType: "text/csv", buffer: Buffer.from([0, 159, 146, 150, 0, 1, 2, 3]) });
  await page.getByRole("alert").getByText("weder CSV noch vCard").waitFor();
  assert.deepEqual(await findings(page, "import, refused"), []);
});
