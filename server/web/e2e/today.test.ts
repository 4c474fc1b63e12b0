import { assert, findings, newId, newName, picture, test, until, type RecordPage, type World } from "./kit";

export { run } from "./kit";

/** The page's own day, some days on. */
function day(plus: number): string {
  const at = new Date();
  at.setDate(at.getDate() + plus);
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}-${String(at.getDate()).padStart(2, "0")}`;
}

async function task(world: World, due: string): Promise<{ id: string; name: string }> {
  const [id, name] = [newId(), newName()];
  await world.rest("PUT", `/tasks/${id}`, { set: { summary: name, due } });
  return { id, name };
}

async function value(world: World, id: string, field: string): Promise<unknown> {
  return (await world.rest<RecordPage>("GET", `/tasks/${id}`)).values[field];
}

test("on Today one key ticks off, moves to tomorrow, next week or a chosen day, and each can be undone", async (world) => {
  const late = await task(world, day(-3));
  const due = await task(world, day(0));
  const page = await world.open("/", { lang: "de" });
  const line = (id: string) => page.locator(`[data-work="${id}"]`);
  const focus = (id: string) => line(id).locator(".work-title a").focus();
  const back = () => page.locator(".toasts").getByRole("button", { name: "Rückgängig" }).last().click();
  await line(late.id).waitFor();
  await picture(page, "today-own-de");
  assert.deepEqual(await findings(page, "today"), []);

  await focus(due.id);
  await page.keyboard.press("d");
  await line(due.id).waitFor({ state: "detached" });
  await page.locator(".toasts").getByText(`Erledigt: ${due.name}`).waitFor();
  assert.deepEqual(await findings(page, "today, with a message"), []);
  await until("done", () => value(world, due.id, "status"), (status) => status === "done");
  await back();
  await line(due.id).waitFor();
  assert.notEqual(await value(world, due.id, "status"), "done");

  await focus(late.id);
  await page.keyboard.press("m");
  await line(late.id).waitFor({ state: "detached" });
  await until("tomorrow", () => value(world, late.id, "due"), (at) => at === day(1));
  await back();
  await until("as before", () => value(world, late.id, "due"), (at) => at === day(-3));
  await line(late.id).waitFor();

  await focus(late.id);
  await page.keyboard.press("w");
  const monday = day(((8 - new Date().getDay()) % 7) || 7);
  await until("next Monday", () => value(world, late.id, "due"), (at) => at === monday);
  await back();
  await until("as before", () => value(world, late.id, "due"), (at) => at === day(-3));
  await line(late.id).waitFor();

  await focus(late.id);
  await page.keyboard.press("t");
  await line(late.id).getByRole("textbox").waitFor();
  assert.deepEqual(await findings(page, "today, pick a day"), []);
  await page.keyboard.type("übermorgen");
  await page.keyboard.press("Enter");
  await until("the day after tomorrow", () => value(world, late.id, "due"), (at) => at === day(2));
  await line(late.id).waitFor({ state: "detached" });
  await back();
  await until("as before", () => value(world, late.id, "due"), (at) => at === day(-3));
});

test("a tick that the server refuses comes back and says why", async (world) => {
  const { id } = await task(world, day(0));
  const page = await world.open("/", { lang: "en" });
  const line = page.locator(`[data-work="${id}"]`);
  await line.waitFor();
  await page.route(`**/api/v1/tasks/${id}`, (route) =>
    route.request().method() === "PATCH" ? route.fulfill({ status: 403, contentType: "application/problem+json", body: JSON.stringify({ type: "/problems/forbidden", title: "Forbidden", status: 403, detail: "", code: "forbidden", trace_id: "7f3a00" }) }) : route.continue(),
  );
  await line.locator(".work-title a").focus();
  await page.keyboard.press("d");
  await page.locator(".toasts").getByText("You may not do this.").first().waitFor();
  await line.waitFor();
});
