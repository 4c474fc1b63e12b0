import { assert, findings, newName, picture, test } from "./kit";
import { binary, inFolder, Office, setUp } from "./own";

export { run } from "./kit";

if (binary) {
  test("what a device brought back after time without network is read before and after", async (world) => {
    await inFolder(async (folder) => {
      const office = new Office(folder);
      await office.start();
      try {
        const page = await setUp(world, office, { lang: "de" });
        await office.admin("user", "add", "Maren Brandt", "--role", "field");
        const pixel = await office.device("Maren Brandt", "Pixel 9");
        const name = newName();
        const [anna, note] = await pixel.apply([
          { kind: "contact", set: { family_name: name, given_name: "Anna", nickname: "Anni" } },
          { kind: "note", set: { title: "Kessel", body: "Der Kessel ist alt und laut." } },
        ]);
        await pixel.sync();
        // The office counts an absence from one second on.
        await new Promise((resolve) => setTimeout(resolve, 1500));
        await pixel.apply([
          { id: anna, set: { nickname: "Änne" }, add: { phones: [{ label: "mobile", number: "+49 171 39200 12" }], tags: ["Entscheiderin"] } },
          { id: note, set: { body: "Der Kessel ist neu und leise." } },
        ]);
        await pixel.sync();

        await page.goto(`${office.ready.http}/arrivals`);
        const card = page.locator("[data-arrival]").first();
        await card.getByText(/^offline \d\d:\d\d – \d\d:\d\d · /).waitFor();
        await card.getByText("2 Änderungen · 2 Einträge").waitFor();
        await card.getByRole("button", { name: "Einträge zeigen" }).click();
        const contact = card.locator(`[data-brought="${anna}"]`);
        await contact.getByText("Rufname:").waitFor();
        assert.equal(await contact.locator("del").innerText(), "Anni");
        assert.deepEqual((await contact.locator("ins").allInnerTexts()).filter((text) => text === "Änne" || text.includes("39200")).length, 2);
        assert.equal(await contact.locator("li").count(), 4, "name, tag, number and its label; not the order of numbers");
        await contact.getByText("Schlagworte: Entscheiderin").waitFor();
        assert.doesNotMatch(await contact.innerText(), /nickname|phones|mobile/, "no raw key");
        const words = card.locator(`[data-brought="${note}"]`);
        assert.deepEqual(await words.locator("del").allInnerTexts(), ["alt", "laut"]);
        assert.deepEqual(await words.locator("ins").allInnerTexts(), ["neu", "leise"]);
        await picture(page, "arrivals-de");
        assert.deepEqual(await findings(page, "arrivals, before and after"), []);
      } finally {
        await office.stop();
      }
    });
  });
}
