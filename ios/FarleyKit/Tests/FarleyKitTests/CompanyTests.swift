import FarleyBindings
import FarleyTestKit
import Foundation
import Testing

@testable import FarleyKit

/// Several phones and the office, over a real relay.
@MainActor @Suite(.serialized) struct CompanyTests {
  @Test func whatTwoTypedOfflineIsKeptBothAndOneTapSettlesIt() async throws {
    let office = try Office.taking(2)
    let anna = try await Phone.enrolled("Anna Brandt", at: office)
    let ben = try await Phone.enrolled("Ben Yilmaz", .en, at: office)
    let id = try await anna.create("contact", ["family_name": "Brandt"])
    try await anna.sync()
    try await ben.sync()
    try await anna.change(id, ["nickname": "Lea"])
    try await ben.change(id, ["nickname": "Leo"])
    try await anna.sync()
    try await ben.sync()
    try await anna.sync()

    let reviews = [ConflictsModel(anna.session), ConflictsModel(ben.session)]
    for review in reviews { await review.load() }
    let mine = try #require(reviews[0].conflicts.first { $0.record == id })
    let theirs = try #require(reviews[1].conflicts.first { $0.record == id })
    #expect(mine.field == "Rufname")
    #expect(theirs.field == "Known as")
    #expect(mine.versions.map(\.text) == theirs.versions.map(\.text))
    #expect(Set(mine.versions.map(\.text)) == ["Lea", "Leo"])
    #expect(mine.versions.map(\.shown) == [true, false])
    #expect(mine.versions.first { $0.text == "Leo" }?.byline.contains("Ben Yilmaz") == true)

    let other = try #require(mine.versions.first { !$0.shown })
    await reviews[0].takeTapped(other, of: mine)
    #expect(!reviews[0].conflicts.contains { $0.record == id })
    let record = try await anna.session.workspace.record(id: id)
    #expect(record.fields.first { $0.field == "nickname" }?.value == .text(text: other.text))
    await anna.session.notice?.undo?()
    await reviews[0].load()
    let now = try await shown(anna, id)
    #expect(now != other.text)
  }

  private func shown(_ phone: Phone, _ id: String) async throws -> String? {
    let record = try await phone.session.workspace.record(id: id)
    if case .text(let text) = record.fields.first(where: { $0.field == "nickname" })?.value { return text }
    return nil
  }

  @Test func twoPeopleWriteTheSameNoteAndBothTextsAreKept() async throws {
    let office = try Office.taking(2)
    let anna = try await Phone.enrolled("Anna Brandt", at: office)
    let ben = try await Phone.enrolled("Ben Yilmaz", at: office)
    let id = try await anna.session.workspace.apply(
      edit: .create("note", [("body", .text(text: "Kessel geprüft."))])
    ).id
    try await anna.sync()
    try await ben.sync()

    let note = TextModel(anna.session, id: id)
    await note.load()
    note.body = "Kessel geprüft. Anna: Druck ist gut."
    let other = TextModel(ben.session, id: id)
    await other.load()
    other.body = "Ben war auch da. Kessel geprüft."
    await other.saveTapped()
    #expect(other.message == nil)
    try await ben.sync()
    try await anna.sync()
    await note.load()
    // What Anna typed is still hers; that Ben wrote is said.
    #expect(note.body == "Kessel geprüft. Anna: Druck ist gut.")
    #expect(note.alsoWrote != nil)
    await note.saveTapped()
    #expect(note.body == "Ben war auch da. Kessel geprüft. Anna: Druck ist gut.")
    note.comment = "Danke"
    await note.commentTapped()
    #expect(note.comments.map(\.text) == ["Danke"])
    #expect(note.comment.isEmpty)
    try await anna.sync()
    try await ben.sync()
    await other.load()
    #expect(other.body == "Ben war auch da. Kessel geprüft. Anna: Druck ist gut.")
    #expect(other.comments.first?.byline.contains("Anna Brandt") == true)
  }

  @Test func aFieldTheOfficeAddedIsInTheFormAfterSync() async throws {
    let office = try Office.taking(2)
    let anna = try await Phone.enrolled("Anna Brandt", at: office)
    let ben = try await Phone.enrolled("Ben Yilmaz", at: office)
    _ = try await ben.session.workspace.apply(
      edit: .create(
        "setting",
        [
          ("type", .text(text: "custom_field")), ("key", .text(text: "boiler")),
          ("label_de", .text(text: "Kesseltyp")), ("label_en", .text(text: "Boiler")),
          ("p/kind", .text(text: "contact")), ("p/field_type", .text(text: "string")),
          ("active", .boolean(yes: true)),
        ]))
    try await ben.sync()
    try await anna.sync()
    await anna.session.changed(ChangeNotice(kinds: ["setting"], ids: [], much: false))
    let form = FormModel(anna.session, kind: "contact", id: nil)
    await form.load()
    let field = try #require(form.parts.flatMap(\.fields).first { $0.label == "Kesseltyp" })
    #expect(field.info.custom)
    #expect(form.parts.contains { form.shown($0).contains { $0.id == field.id } })
    form.enter(field.id, .text("Brennwert"))
    form.enter("family_name", .text("Custom"))
    await form.saveTapped()
    #expect(form.message == nil)
  }

  @Test func theOfficeHasItAndThePhoneSaysSinceWhen() async throws {
    let office = try Office.taking(1)
    let phone = try await Phone.enrolled(at: office)
    let id = try await phone.create("contact", ["family_name": "Zuletzt"])
    let sync = SyncModel(phone.session)
    try phone.session.begin()
    try await until { phone.session.status?.pending == 1 }
    #expect(sync.headline == .syncWaiting(1))
    #expect(sync.waiting.map(\.name) == ["sync.oldest", "sync.safe_here"])
    #expect(sync.connection == .syncAirplane)
    #expect(sync.isPaused)
    #expect(sync.mark == .syncIconWaiting(1))

    sync.isPaused = false
    try await until { phone.session.status?.pending == 0 && phone.session.status?.connected == true }
    #expect(sync.headline == .syncAllSent)
    #expect(sync.connection == .syncConnected)
    #expect(sync.trouble == nil)
    let page = RecordModel(phone.session, kind: "contact", id: id)
    await page.load()
    #expect(!page.isWaiting)
    #expect(page.transfer.name == "transfer.at_office_since")
    #expect(try office.dump().contains { $0.contains("Zuletzt") })
    phone.session.end()
  }

  @Test func aPhoneThatIsToldOfChangesQueriesAgain() async throws {
    let phone = try await Phone.enrolled()
    try phone.session.begin()
    let before = phone.session.pulse
    _ = try await phone.create("task", ["summary": "Neu"])
    try await until { phone.session.pulse > before }
    phone.session.end()
  }

  @Test func enrolmentSaysWhatIsWrongWithALinkAndConnectsWithAGoodOne() async throws {
    let phone = try Phone()
    let root = RootModel(
      folder: phone.folder, version: "1.0", deviceName: "iPhone", formats: phone.formats, platform: phone.platform)
    await root.start()
    guard case .enrol(let enrol) = root.phase else {
      Issue.record("a new phone does not ask to be connected")
      return
    }
    for (link, said) in [
      ("https://example.org", Phrase.linkErrorNotALink), ("farley://enrol#AB", .linkErrorTruncated),
      ("farley:9/AAAA", .linkErrorNewerVersion),
      (String(repeating: "x", count: 100_000), .linkErrorNotALink),
    ] {
      enrol.scanned(link)
      #expect(enrol.message?.text == said)
      #expect(!enrol.canConnect)
    }
    let link = try Office.taking(2).invite("Cem Kaya")
    root.opened(try #require(URL(string: link)))
    #expect(enrol.message == nil)
    #expect(enrol.server?.contains("127.0.0.1") == true)
    enrol.deviceName = "  "
    enrol.connectTapped()
    #expect(enrol.message?.text == .enrolDeviceNameMissing)
    enrol.deviceName = "iPhone von Cem"
    await enrol.connect()
    #expect(enrol.message == nil)
    let session = try #require(root.session)
    #expect(try session.workspace.identity().person?.contains("Cem Kaya") ?? true)
    session.end()

    // The same link on a second phone.
    let other = try Phone()
    let second = RootModel(
      folder: other.folder, version: "1.0", deviceName: "iPad", formats: other.formats, platform: other.platform)
    await second.start()
    guard case .enrol(let again) = second.phase else { return }
    again.link = link
    await again.connect()
    #expect(again.message?.text == .refusedUsed)
    #expect(again.link == link)
  }

  @Test func aKeychainThatFailsIsSaidAndNothingIsLost() async throws {
    let phone = try await Phone.enrolled()
    let id = try await phone.create("contact", ["family_name": "Da"])
    try await phone.session.workspace.close()
    phone.secrets.fails = true
    let root = RootModel(
      folder: phone.folder, version: "1.0", deviceName: "iPhone", formats: phone.formats, platform: phone.platform)
    await root.start()
    guard case .failed(let message) = root.phase else {
      Issue.record("opened without its key")
      return
    }
    #expect(message.text == .errorSecret)
    #expect(message.remedy == .retry)
    phone.secrets.fails = false
    await root.start()
    let session = try #require(root.session)
    #expect(try await session.workspace.record(id: id).title == "Da")
    session.end()
    try await session.workspace.close()
  }

  @Test func aListShowsWhatOthersChangedSinceTheLastLook() async throws {
    let office = try Office.taking(2)
    let anna = try await Phone.enrolled("Anna Brandt", at: office)
    let ben = try await Phone.enrolled("Ben Yilmaz", at: office)
    let id = try await anna.create("company", ["name": "Frisch & Söhne"])
    try await anna.sync()
    try await ben.sync()
    let list = ListModel(anna.session, kind: "company")
    list.search = "Frisch"
    await list.allSeenTapped()
    #expect(list.freshCount == 0)
    try await ben.change(id, ["industry": "hvac"])
    try await ben.sync()
    try await anna.sync()
    await list.load()
    #expect(list.rows.map(\.fresh) == [true])
    await list.allSeenTapped()
    #expect(list.freshCount == 0)
  }

  @Test func leavingTheAppSendsWhatWaitsAndPlansTheNextSync() async throws {
    let office = try Office.taking(1)
    let phone = try Phone()
    let root = RootModel(
      folder: phone.folder, version: "1.0", deviceName: "iPhone", formats: phone.formats, platform: phone.platform)
    await root.start()
    guard case .enrol(let enrol) = root.phase else { return }
    enrol.link = try office.invite("Dana Weiß")
    await enrol.connect()
    let session = try #require(root.session)
    try session.workspace.setAirplane(on: true)
    try await until { session.status?.airplane == true }
    _ = try await session.workspace.apply(edit: .create("contact", [("family_name", .text(text: "Unterwegs"))]))
    try session.workspace.setAirplane(on: false)
    await root.wentToBackground()
    #expect(await root.backgroundSync(seconds: 20))
    #expect(phone.hand.backgroundPlans == 2)
    #expect(try office.dump().contains { $0.contains("Unterwegs") })
    root.becameInactive()
    #expect(root.isCovered)
    await root.becameActive()
    #expect(!root.isCovered)
    root.opened(try #require(URL(string: "farley://record/note/0190b2a0-0000-7000-8000-000000000001")))
    #expect(root.routes.path == [.note(id: "0190b2a0-0000-7000-8000-000000000001")])
    // A link to connect, on a connected device: said, and nothing happens.
    root.opened(try #require(URL(string: try office.invite("Eva Lang"))))
    #expect(session.notice?.text == .refusedExists)
    session.end()
  }

  @Test func cancellingTheSwiftTaskStopsTheSyncInRust() async throws {
    let office = try Office.own()
    let phone = try await Phone.enrolled(at: office)
    office.stop()
    try phone.session.workspace.setAirplane(on: false)
    // Nobody answers any more: by itself this sync would end with its limit, in ten minutes.
    let workspace = phone.session.workspace
    let work = Task { try await workspace.syncOnce(limitMs: 600_000) }
    try await Task.sleep(for: .milliseconds(300))
    work.cancel()
    guard case .failure(let error) = await work.result else {
      Issue.record("a sync without a server succeeded")
      return
    }
    #expect(UserMessage(error) == nil || (error as? FarleyError) == .Unreachable(reason: "no_answer"))
  }

  private func until(_ holds: () -> Bool) async throws {
    for _ in 0..<200 {
      if holds() { return }
      try await Task.sleep(for: .milliseconds(50))
    }
    Issue.record("it never came to that")
  }
}
