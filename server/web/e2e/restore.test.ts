import { join } from "node:path";

import type { Page } from "playwright-core";

import { assert, findings, picture, test } from "./kit";
import { binary, inFolder, Office, password, setUp } from "./own";

export { run } from "./kit";

/** Password in, page on. */
async function signIn(page: Page): Promise<void> {
  await page.getByLabel("Name").fill("Ines Kaya");
  await page.getByLabel(/Passwor[td]/).fill(password);
  await page.getByRole("button", { name: /Anmelden|Sign in/ }).click();
  await page.locator("#main").waitFor();
}

if (binary) {
  test("after a restore the office reads what came back, from whom, and who is missing", async (world) => {
    await inFolder(async (folder) => {
      const office = new Office(folder);
      await office.start();
      try {
        const setup = await setUp(world, office, { lang: "de" });
        await setup.goto(`${office.ready.http}/arrivals`);
        await setup.getByRole("heading", { name: "Aus dem Außendienst", level: 1 }).waitFor();
        assert.equal(await setup.locator("[data-restored]").count(), 0, "nothing was restored yet");
        await setup.context().close();
        for (const name of ["Maren Brandt", "Jonas Petersen"]) await office.admin("user", "add", name, "--role", "field");
        const pixel = await office.device("Maren Brandt", "Pixel 9");
        const iphone = await office.device("Jonas Petersen", "iPhone 16");
        const [anna] = await pixel.apply([{ kind: "contact", set: { family_name: "Müller", given_name: "Anna" } }]);
        await pixel.sync();
        await iphone.sync();
        const backup = join(folder, "backup.farley");
        await office.admin("backup", backup);

        // What the backup does not know.
        await pixel.apply([
          { id: anna, set: { nickname: "Änne" } },
          { kind: "contact", set: { family_name: "Öztürk", given_name: "Selin" } },
        ]);
        await pixel.sync();
        await office.stop();
        await office.admin("restore", backup);
        await office.start();

        const german = await world.visit(`${office.ready.http}/arrivals`, { lang: "de" });
        await signIn(german);
        const card = german.locator("[data-restored]");
        await card.getByText("Noch nichts gehört von: Maren Brandt · Pixel 9, Jonas Petersen · iPhone 16.").or(card.getByText("Noch nichts gehört von: Jonas Petersen · iPhone 16, Maren Brandt · Pixel 9.")).waitFor();
        await card.getByText("Noch nichts ist zurückgekommen.").waitFor();
        await picture(german, "restore-de-before");

        await pixel.sync();
        // The page hears of it by itself.
        // Edits made before the first connection were typed at no known absence: no date of 1970 for it.
        await german.locator("[data-arrival]").getByText(/^erste Verbindung \d\d:\d\d$/).waitFor();
        await card.getByText("2 Änderungen sind zurück, gebracht von Pixel 9 (Maren Brandt).").waitFor({ timeout: 5000 });
        await card.getByText("Noch nichts gehört von: Jonas Petersen · iPhone 16.").waitFor();
        assert.doesNotMatch(await card.innerText(), /\d{4}-\d{2}-\d{2}|null|undefined/);
        await picture(german, "restore-de");
        assert.deepEqual(await findings(german, "restored"), []);

        await iphone.sync();
        await card.getByText("Alle Geräte haben sich gemeldet.").waitFor({ timeout: 5000 });

        const english = await world.visit(`${office.ready.http}/arrivals`, { lang: "en", theme: "dark", width: 390, height: 844 });
        await signIn(english);
        const other = english.locator("[data-restored]");
        await other.getByRole("heading", { name: /The server was restored/ }).waitFor();
        await other.getByText("2 changes are back, brought by Pixel 9 (Maren Brandt).").waitFor();
        await other.getByText("All devices have been heard of.").waitFor();
        await picture(english, "restore-en-dark-390");
        assert.deepEqual(await findings(english, "restored, English, dark"), []);
      } finally {
        await office.stop();
      }
    });
  });
}
