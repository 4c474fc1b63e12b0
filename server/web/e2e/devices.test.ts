import { join } from "node:path";

import { assert, findings, newName, picture, test, until } from "./kit";
import { binary, farley, inFolder, Phone } from "./own";

export { run } from "./kit";

if (binary) {
  test("a device is connected by the shown link, appears at once, and is locked out when revoked", async (world) => {
    await inFolder(async (folder) => {
      const name = newName();
      const page = await world.open("/devices", { lang: "de" });
      await page.getByRole("button", { name: "Gerät verbinden" }).click();
      const dialog = page.getByRole("dialog", { name: "Gerät verbinden" });
      assert.deepEqual(await findings(page, "invite, for whom"), []);
      await dialog.getByRole("button", { name: "Code zeigen" }).click();
      const qr = dialog.getByRole("img", { name: "Diesen Code scannen" });
      await qr.waitFor();
      assert.ok(await qr.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth > 0), "the code is drawn");
      const link = await dialog.getByLabel("Link").inputValue();
      assert.match(link, /^farley:\/\/enrol/);
      await dialog.getByText(/^gilt bis \d\d:\d\d, einmal, für /).waitFor();
      await picture(page, "devices-invite-de");
      assert.deepEqual(await findings(page, "invite, code"), []);

      const phone = new Phone(join(folder, "phone"));
      await phone.enrol(link, name);
      await dialog.getByRole("status").getByText("Verbunden.").waitFor();
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      const line = page.getByRole("row", { name: new RegExp(name) });
      await line.waitFor();
      await assert.rejects(farley(["device", "enrol", "--dir", join(folder, "again"), "--name", "again", link]), /used|once|no longer/i, "a link works once");
      await phone.apply([{ kind: "contact", set: { family_name: name } }]);
      await phone.sync();
      await picture(page, "devices-de");
      assert.deepEqual(await findings(page, "devices"), []);

      await line.getByRole("button", { name: new RegExp(`Sperren: ${name}`) }).click();
      const sure = page.getByRole("alertdialog", { name: `${name} sperren?` });
      await sure.getByText("bleibt dort lesbar").waitFor();
      assert.deepEqual(await findings(page, "revoke"), []);
      await sure.getByRole("button", { name: "Sperren" }).click();
      await line.getByText(/gesperrt · \d\d:\d\d/).waitFor();
      assert.equal(await line.getByRole("button").count(), 0);
      await assert.rejects(phone.sync(), /revoked/, "the locked device is refused");
      const found = await until("the contact", () => world.rest<{ count: number }>("GET", `/contacts/count?search=${name}`), ({ count }) => count === 1);
      assert.equal(found.count, 1, "what it sent before stays");
    });
  });

  test("devices can be read and locked at phone width", async (world) => {
    await inFolder(async (folder) => {
      const name = newName();
      const { link } = await world.rest<{ link: string }>("POST", "/invitations", { person: (await world.rest<{ person: { id: string } }>("GET", "/session")).person.id });
      await new Phone(join(folder, "phone")).enrol(link, name);
      const page = await world.open("/devices", { lang: "en", theme: "dark", width: 390, height: 844 });
      const line = page.getByRole("row", { name: new RegExp(name) });
      await line.getByText("Last seen").waitFor();
      const lock = line.getByRole("button", { name: new RegExp(`Lock: ${name}`) });
      const box = (await lock.boundingBox())!;
      assert.ok(box.x >= 0 && box.x + box.width <= 390 && box.height >= 44, `the button is in reach: ${JSON.stringify(box)}`);
      await picture(page, "devices-en-dark-390");
      assert.deepEqual(await findings(page, "devices, 390"), []);
    });
  });
}
