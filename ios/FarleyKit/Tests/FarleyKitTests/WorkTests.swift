import FarleyBindings
import FarleyTestKit
import Foundation
import Testing

@testable import FarleyKit

/// One phone without network: everything works from the first page on.
@MainActor @Suite(.serialized) struct WorkTests {
  @Test func aFormFromTheSchemaCreatesAContactAndShowsItOnItsPage() async throws {
    let phone = try await Phone.enrolled()
    let form = FormModel(phone.session, kind: "contact", id: nil)
    await form.load()
    form.enter("given_name", .text("Lea"))
    form.enter("family_name", .text("Brandt"))
    let phones = try #require(form.parts.flatMap(\.fields).first { $0.id == "phones" })
    form.addEntryTapped(phones)
    guard case .entries(let entries) = form.input("phones"), let entry = entries.first else {
      Issue.record("no entry was added")
      return
    }
    form.enter("phones", entry: entry.id, "number", .text("+49 171 555 1234"))
    form.enter("phones", entry: entry.id, "label", .choice("mobile"))
    await form.saveTapped()
    #expect(form.message == nil)
    guard case .record("contact", let id) = phone.session.routes.path.last else {
      Issue.record("the form did not give way to the record")
      return
    }

    let page = RecordModel(phone.session, kind: "contact", id: id)
    await page.load()
    #expect(page.title == "Lea Brandt")
    #expect(page.isWaiting)
    #expect(page.transfer == .transferWaiting)
    let call = try #require(page.reaches.first { $0.way == .call })
    #expect(call.url?.absoluteString == "tel:+491715551234")
    let facts = page.sections.flatMap(\.facts)
    #expect(facts.first { $0.id == "phones" }?.text == "mobil · +49 171 555 1234")
  }

  @Test func everyLetterTypedSurvivesTheEndOfTheProcess() async throws {
    let phone = try await Phone.enrolled()
    let id = try await phone.create("contact", ["family_name": "Brandt"])
    let form = FormModel(phone.session, kind: "contact", id: id)
    await form.load()
    var typed = ""
    for letter in "Wärmepumpe, Keller links" {
      typed.append(letter)
      form.enter("nickname", .text(typed))
    }
    form.enter("birthday", .text("31.1"))
    await form.flush()
    try await phone.restarted()

    let after = FormModel(phone.session, kind: "contact", id: id)
    await after.load()
    #expect(after.input("nickname") == .text("Wärmepumpe, Keller links"))
    // Not a date yet: kept as typed.
    #expect(after.input("birthday") == .text("31.1"))
    #expect(after.draftFrom != nil)
    let today = TodayModel(phone.session)
    await today.load()
    #expect(today.drafts.map(\.title) == ["Kontakt: Wärmepumpe, Keller links"])
    today.draftTapped(try #require(today.drafts.first))
    #expect(phone.session.routes.path == [.edit(kind: "contact", id: id)])
  }

  @Test func aNewFormKeepsEntriesLinksAndChoicesThroughTheEndOfTheProcess() async throws {
    let phone = try await Phone.enrolled()
    let company = try await phone.create("company", ["name": "Sanitär Brandt GmbH"])
    let form = FormModel(phone.session, kind: "task", id: nil, about: company)
    await form.load()
    form.enter("summary", .text("Angebot"))
    form.enter("priority", .choice("high"))
    form.enter("tags", .text("eilig, dach"))
    await form.flush()
    try await phone.restarted()

    let after = FormModel(phone.session, kind: "task", id: nil, about: company)
    await after.load()
    #expect(after.input("summary") == .text("Angebot"))
    #expect(after.input("priority") == .choice("high"))
    #expect(after.input("tags") == .text("dach, eilig"))
    guard case .links(let links) = after.input("about") else {
      Issue.record("the link is gone")
      return
    }
    #expect(links.map(\.id) == [company])
    await after.saveTapped()
    #expect(after.message == nil)
    #expect(try await phone.session.workspace.drafts().isEmpty)
    let page = RecordModel(phone.session, kind: "company", id: company)
    await page.load()
    #expect(page.timeline.map(\.row.title) == ["Angebot"])
  }

  @Test func aValueThatDoesNotFitIsRefusedAtItsFieldAndStaysThere() async throws {
    let phone = try await Phone.enrolled()
    let id = try await phone.create("contact", ["family_name": "Brandt"])
    let form = FormModel(phone.session, kind: "contact", id: id)
    await form.load()
    form.enter("birthday", .text("gestern früh"))
    #expect(form.parts.flatMap(\.fields).first { $0.id == "birthday" }?.problem == nil)
    form.enter("nickname", .text("Bra"))
    #expect(form.parts.flatMap(\.fields).first { $0.id == "birthday" }?.problem == .valueDate)
    await form.saveTapped()
    #expect(form.message?.remedy == .fixInput)
    #expect(form.message?.field == "birthday")
    #expect(form.input("birthday") == .text("gestern früh"))
    #expect(phone.hand.failures == 1)
    form.enter("birthday", .text("31.12.1980"))
    await form.saveTapped()
    #expect(form.message == nil)
  }

  @Test func aVisitGoesFromTheDoorToTheNextStep() async throws {
    let phone = try await Phone.enrolled()
    let company = try await phone.create("company", ["name": "Hotel Adler"])
    let id = try await phone.session.workspace.apply(
      edit: .create(
        "visit", [("purpose", .text(text: "repair")), ("company", .link(to: LinkTo(id: company, title: "")))])
    ).id
    let visit = VisitModel(phone.session, id: id)
    await visit.load()
    #expect(visit.stage == .planned)
    await visit.startTapped()
    #expect(visit.stage == .running)
    visit.report = "Ventil getauscht, Druck geprüft."
    visit.outcome = "successful"
    visit.nextStep = "Rechnung schicken"
    visit.nextWeekTapped()
    // The phone dies in the middle of the visit.
    await visit.flush()
    try await phone.restarted()
    let again = VisitModel(phone.session, id: id)
    await again.load()
    #expect(again.report == "Ventil getauscht, Druck geprüft.")
    #expect(again.nextStep == "Rechnung schicken")
    #expect(again.draftFrom != nil)
    await again.endTapped()
    #expect(again.message == nil)
    #expect(again.stage == .ended)
    #expect(again.lastedText == .visitLasted(0))
    let record = try await phone.session.workspace.record(id: id)
    #expect(record.fields.first { $0.field == "report" }?.value == .text(text: "Ventil getauscht, Druck geprüft."))
    // What comes to mind after the end is a task as well.
    again.nextStep = "Ersatzteil bestellen"
    await again.saveTapped()
    #expect(again.message == nil)
    let tasks = TasksModel(phone.session)
    await tasks.load()
    #expect(Set(tasks.rows.map(\.title)) == ["Rechnung schicken", "Ersatzteil bestellen"])
    #expect(try await phone.session.workspace.drafts().isEmpty)
  }

  @Test func aCallIsOfferedForLoggingAndBecomesANoteInThreeTaps() async throws {
    let phone = try await Phone.enrolled()
    let id = try await phone.create("contact", ["family_name": "Brandt", "phones/a1/number": "0171 5551234"])
    let page = RecordModel(phone.session, kind: "contact", id: id)
    await page.load()
    page.reachTapped(try #require(page.reaches.first { $0.way == .call }))
    #expect(phone.hand.opened == ["tel:01715551234"])
    await phone.session.call?.remember()
    // The system ended the app during the call.
    try await phone.restarted()
    let call = try #require(await CallModel.kept(phone.session))
    phone.session.call = call
    call.returned()
    #expect(call.offered)
    #expect(call.who == "Brandt")
    call.logTapped()
    call.resultTapped(.reached)
    await call.saveTapped()
    #expect(phone.session.call == nil)
    await page.load()
    let again = RecordModel(phone.session, kind: "contact", id: id)
    await again.load()
    #expect(again.timeline.map(\.row.title) == ["Anruf: Erreicht"])
    #expect(await CallModel.kept(phone.session) == nil)
  }

  @Test func tasksAreTickedMovedAndTakenBack() async throws {
    let phone = try await Phone.enrolled()
    _ = try await phone.create("task", ["summary": "Angebot", "due": "2020-01-01"])
    let today = TodayModel(phone.session)
    await today.load()
    let row = try #require(today.overdue.first)
    await today.doneTapped(row)
    #expect(phone.session.notice?.text == .todayTicked("Angebot"))
    await today.load()
    #expect(today.overdue.isEmpty)
    await phone.session.notice?.undo?()
    await today.load()
    #expect(today.overdue.map(\.title) == ["Angebot"])
    await today.tomorrowTapped(row)
    await today.load()
    #expect(today.overdue.isEmpty)
    #expect(today.isEmpty)
    let tasks = TasksModel(phone.session)
    await tasks.load()
    #expect(tasks.rows.first?.lines.first == "morgen")
    #expect(tasks.overdue.isEmpty)
  }

  @Test func listsComeByPagesAndTheSearchDropsLateAnswers() async throws {
    let phone = try await Phone.enrolled()
    for number in 0..<120 {
      _ = try await phone.create("contact", ["family_name": String(format: "Müller %03d", number)])
    }
    let list = ListModel(phone.session, kind: "contact")
    await list.load()
    #expect(list.rows.count == 50)
    #expect(list.total == 120)
    await list.showMore()
    await list.showMore()
    #expect(list.rows.count == 120)
    #expect(!list.hasMore)
    #expect(Set(list.rows.map(\.id)).count == 120)
    list.search = "mueller 007"
    async let late: Void = list.load()
    list.search = "Mueller 11"
    async let newer: Void = list.load()
    _ = await (late, newer)
    #expect(Set(list.rows.map(\.title)) == Set((110..<120).map { "Müller \($0)" } + ["Müller 011"]))
  }

  @Test func undoBringsBackWhatWentToTheTrash() async throws {
    let phone = try await Phone.enrolled()
    let id = try await phone.create("contact", ["family_name": "Brandt"])
    let page = RecordModel(phone.session, kind: "contact", id: id)
    await page.load()
    await page.trashTapped()
    let trash = ListModel(phone.session, kind: "contact", trash: true)
    await trash.load()
    #expect(trash.rows.map(\.title) == ["Brandt"])
    await phone.session.notice?.undo?()
    await trash.load()
    #expect(trash.rows.isEmpty)
  }

  @Test func reminders_nameNobodyWhileTheAppIsLocked() async throws {
    let phone = try await Phone.enrolled()
    let day = phone.formats.day(daysFrom: 2, phone.hand.clock())
    _ = try await phone.create("task", ["summary": "Frau Brandt anrufen", "due": day])
    let settings = SettingsModel(phone.session, version: "1")
    await settings.setReminders(true)
    #expect(phone.hand.planned.map(\.title) == ["Fällig: Frau Brandt anrufen"])
    await settings.setLock(true)
    await ReminderPlan(phone.session).renew()
    #expect(phone.hand.planned.map(\.title) == ["Eine Aufgabe wird fällig."])
    phone.hand.allows = false
    await settings.setReminders(false)
    #expect(phone.hand.planned.isEmpty)
    await settings.setReminders(true)
    #expect(!settings.reminders)
  }

  @Test func theReportForSupportHoldsNoNames() async throws {
    let phone = try await Phone.enrolled()
    _ = try await phone.create("contact", ["family_name": "Zyzzogeton"])
    let settings = SettingsModel(phone.session, version: "1")
    await settings.reportTapped()
    let report = try #require(settings.report)
    #expect(report.count > 50)
    #expect(!report.contains("Zyzzogeton"))
  }
}
