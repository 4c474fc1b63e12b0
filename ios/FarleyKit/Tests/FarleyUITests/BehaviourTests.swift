import FarleyBindings
import FarleyTestKit
import Foundation
import SwiftUI
import Testing

@testable import FarleyKit
@testable import FarleyUI

/// What a person does on the screens, and what must then happen.
@MainActor @Suite(.serialized) struct BehaviourTests {
  @Test func savingIsOffUntilSomethingIsTypedAndThenLeadsToTheRecord() async throws {
    let phone = try await Phone.enrolled()
    phone.session.routes.open(.create(kind: "contact", about: nil))
    let screen = Screen(phone, SessionRoute(session: phone.session, route: .create(kind: "contact", about: nil)))
    #expect(await screen.shown().find("Button", "Speichern")?.off == true)
    try await screen.enter("Brandt", into: "Nachname", "TextField")
    #expect(await screen.shown().find("Button", "Speichern")?.off == false)
    try await screen.tap("Speichern")
    for _ in 0..<100 where phone.session.notice == nil { await screen.rest() }
    guard case .record("contact", _) = phone.session.routes.path.last else {
      Issue.record("saving led nowhere")
      return
    }
    #expect(await screen.shown().texts.contains("Auf diesem Gerät gespeichert."))
    try await screen.tap("Rückgängig")
    let list = ListModel(phone.session, kind: "contact")
    await list.load()
    #expect(list.rows.isEmpty)
  }

  @Test func aNoteWithoutWordsCannotBeSaved() async throws {
    let phone = try await Phone.enrolled()
    let screen = Screen(phone, SessionRoute(session: phone.session, route: .newNote(about: nil)))
    try await screen.enter("   ", into: "Notiz schreiben …", "TextField")
    #expect(await screen.shown().find("Button", "Notiz speichern")?.off == true)
    try await screen.enter("Kessel", into: "Notiz schreiben …", "TextField")
    try await screen.tap("Notiz speichern")
    guard case .note = phone.session.routes.path.last else {
      Issue.record("the note was not saved")
      return
    }
  }

  @Test func aSheetClosesWithItsButton() async throws {
    let day = try await Day(.de)
    let screen = day.screen(.record(kind: "contact", id: day.contact))
    try await screen.tap("Nachname, Brandt")
    let node = await screen.shown()
    let sheet = try #require(node.all.first { $0.kind == "Sheet" })
    #expect(sheet.all.contains { $0.title == "Wer Nachname geändert hat" })
    #expect(sheet.texts.contains("Brandt"))
    try await screen.tap("Fertig")
    #expect(await !screen.shown().all.contains { $0.kind == "Sheet" })
  }

  @Test func aRecordThatIsNotHereIsSaidAndLoadedWhenItCame() async throws {
    let office = try Office.taking(2)
    let anna = try await Phone.enrolled("Anna Brandt", at: office)
    let ben = try await Phone.enrolled("Ben Yilmaz", at: office)
    let id = try await ben.create("contact", ["family_name": "Später"])
    let screen = Screen(anna, SessionRoute(session: anna.session, route: .record(kind: "contact", id: id)))
    #expect(await screen.shown().texts.contains("Dieser Eintrag ist nicht (mehr) auf diesem Gerät."))
    try await ben.sync()
    try await anna.sync()
    try await screen.tap("Neu laden")
    #expect(await screen.shown().texts.contains("Später"))
  }

  @Test func dataThatCannotBeOpenedCanBeTriedAgain() async throws {
    let phone = try await Phone.enrolled()
    try await phone.session.workspace.close()
    phone.secrets.fails = true
    let root = RootModel(
      folder: phone.folder, version: "1.0", deviceName: "iPhone", formats: phone.formats, platform: phone.platform)
    let screen = Screen(phone, RootView(model: root) { _ in EmptyView() })
    #expect(await screen.shown().readingOrder.first?.hasPrefix("Der Schlüssel dieses Geräts") == true)
    phone.secrets.fails = false
    try await screen.tap("Noch einmal versuchen")
    for _ in 0..<100 where root.session == nil { try await Task.sleep(for: .milliseconds(20)) }
    #expect(root.session != nil)
    #expect(await screen.shown().find("Tab", "Heute") != nil)
    root.session?.end()
  }

  @Test func aLongListShowsMoreAndTheSearchNarrowsIt() async throws {
    let phone = try await Phone.enrolled()
    for number in 0..<130 { _ = try await phone.create("company", ["name": String(format: "Firma %03d", number)]) }
    let screen = Screen(phone, SessionRoute(session: phone.session, route: .place(.companies)))
    func rows(_ node: Node) -> Int { node.all.count { $0.kind == "Button" && $0.spoken.hasPrefix("Firma ") } }
    #expect(await rows(screen.shown()) == 100)
    try await screen.tap("Mehr zeigen")
    #expect(await rows(screen.shown()) == 130)
    #expect(await screen.shown().find("Button", "Mehr zeigen") == nil)
    try await screen.enter("firma 12", into: "Firmen durchsuchen", "Search")
    #expect(await rows(screen.shown()) >= 10)
    #expect(await rows(screen.shown()) < 30)
    try await screen.enter("gibt es nicht", into: "Firmen durchsuchen", "Search")
    #expect(await screen.shown().texts.contains("Nichts gefunden."))
  }

  @Test func aWrongDateIsSaidAtItsFieldAndStaysThere() async throws {
    let day = try await Day(.de)
    let screen = day.screen(.edit(kind: "contact", id: day.contact))
    try await screen.enter("gestern", into: "Geburtstag", "TextField")
    try await screen.tap("Speichern")
    let node = await screen.shown()
    #expect(node.texts.contains("Das ist kein Datum. Beispiele: 31.12.2026 oder 31.12."))
    #expect(node.texts.contains("Ihre Eingabe steht weiter im Feld."))
    #expect(node.find("TextField", "Geburtstag")?.value == "gestern")
  }

  @Test func conflictsAreCountedOnTheTabAndGoWithOneTap() async throws {
    let day = try await Day(.de)
    let screen = Screen(day.phone, SessionView(session: day.phone.session, version: "1.0"))
    #expect(await screen.shown().find("Tab", "Mehr")?.badge == "1")
    try await screen.tap("Mehr", "Tab")
    try await screen.tap("Fassungen klären")
    try await screen.tap("Diese nehmen: Lea")
    for _ in 0..<100 where day.phone.session.conflictCount != 0 { try await Task.sleep(for: .milliseconds(20)) }
    let node = await screen.shown()
    #expect(node.find("Tab", "Mehr")?.badge == nil)
    #expect(node.texts.contains("Nichts zu klären: Alle Eingaben passen zusammen."))
    #expect(node.texts.contains("Wahl gespeichert."))
  }

  @Test func afterACallTheNoteIsThreeTapsAway() async throws {
    let day = try await Day(.de)
    let screen = Screen(day.phone, SessionView(session: day.phone.session, version: "1.0"))
    day.phone.session.routes.place = .contacts
    day.phone.session.routes.open(.record(kind: "contact", id: day.contact))
    try await screen.tap("+49 171 555 1234 anrufen")
    #expect(day.phone.hand.opened == ["tel:+491715551234"])
    #expect(await !screen.shown().all.contains { $0.kind == "Sheet" })
    day.phone.session.call?.returned()
    await screen.isSound("call offer")
    try await screen.write("call")
    try await screen.tap("Anruf festhalten")
    try await screen.tap("Erreicht")
    #expect(await screen.shown().find("Button", "Speichern")?.off == false)
    try await screen.tap("Speichern")
    let node = await screen.shown()
    #expect(!node.all.contains { $0.kind == "Sheet" })
    #expect(node.texts.contains("Anruf: Erreicht"))
  }

  @Test func whatIsTypedInAVisitIsThereAfterTheProcessEnded() async throws {
    let day = try await Day(.de)
    let screen = day.screen(.visit(id: day.visit))
    try await screen.tap("Besuch beginnen")
    try await screen.enter("Ventil getauscht", into: "Was wurde getan? Was ist aufgefallen?", "TextField")
    try await screen.tap("erfolgreich")
    try await day.phone.restarted()
    let after = Screen(day.phone, SessionRoute(session: day.phone.session, route: .visit(id: day.visit)))
    let node = await after.shown()
    #expect(node.find("TextField", "Was wurde getan? Was ist aufgefallen?")?.value == "Ventil getauscht")
    #expect(node.find("Button", "erfolgreich")?.traits.contains("selected") == true)
    try await after.write("visit-running")
    try await after.tap("Besuch beenden")
    #expect(await after.shown().texts.contains("Dauer 0 Minuten"))
    try await after.write("visit-ended")
  }

  @Test func aPhoneWithoutAnAppForItSaysSo() async throws {
    let day = try await Day(.de)
    day.phone.hand.canOpen = false
    let screen = day.screen(.record(kind: "contact", id: day.contact))
    try await screen.tap("E-Mail an lea@example.org")
    #expect(await screen.shown().texts.contains("Auf diesem Gerät gibt es keine App dafür."))
  }

  @Test func aSharedCardIsTakenInFromItsSheet() async throws {
    let day = try await Day(.de)
    let file = FileManager.default.temporaryDirectory.appending(path: "Ute \(UUID().uuidString).vcf")
    let card = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Weber;Ute;;;\r\nFN:Ute Weber\r\nEND:VCARD\r\n"
    try Data(card.utf8).write(to: file)
    day.phone.session.opened(file: file)
    let screen = Screen(day.phone, SessionView(session: day.phone.session, version: "1.0"))
    await screen.isSound("import")
    try await screen.write("import")
    #expect(await screen.shown().texts.contains("1 neu"))
    try await screen.tap("Übernehmen")
    #expect(await screen.shown().texts.contains("Import fertig."))
    try await screen.tap("Schließen")
    #expect(await !screen.shown().all.contains { $0.kind == "Sheet" })
  }

  @Test func aTabletChoosesAPlaceInItsSidebar() async throws {
    let day = try await Day(.en)
    let screen = Screen(day.phone, wide: true, SessionView(session: day.phone.session, version: "1.0"))
    try await screen.tap("Tasks", "Label")
    #expect(day.phone.session.routes.place == .tasks)
    let node = await screen.shown()
    #expect(node.find("Label", "Tasks")?.traits.contains("selected") == true)
    #expect(node.texts.contains("Choose a record on the left."))
    #expect(screen.renderer.problems.isEmpty)
  }
}
