import FarleyBindings
import FarleyTestKit
import Foundation
import Testing

@testable import FarleyKit

/// Files shared into the app: good ones, broken ones, and no files at all.
@MainActor @Suite(.serialized) struct ImportTests {
  private func opened(_ phone: Phone, _ name: String, _ text: String) throws -> ImportModel {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString) \(name)")
    try Data(text.utf8).write(to: file)
    phone.session.opened(file: file)
    return try #require(phone.session.importing)
  }

  @Test func aCardIsShownFirstThenTakenInAndTakenBack() async throws {
    let phone = try await Phone.enrolled()
    let card = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Weber;Ute;;;\r\nFN:Ute Weber\r\nTEL:+49 171 1\r\nEND:VCARD\r\n"
    let model = try opened(phone, "Ute Weber.vcf", card)
    await model.load()
    #expect(model.preview?.created == 1)
    let list = ListModel(phone.session, kind: "contact")
    await list.load()
    #expect(list.rows.isEmpty)
    await model.runTapped()
    #expect(model.stage == .done)
    await list.load()
    #expect(list.rows.map(\.title) == ["Ute Weber"])
    await model.undoTapped()
    #expect(model.message == nil)
    await list.load()
    #expect(list.rows.isEmpty)
    #expect(phone.session.importing == nil)
    #expect(phone.session.notice?.text == .importUndone)
  }

  @Test(arguments: [
    ("leer.vcf", "", Phrase.errorFileEmpty), ("bild.jpg", "\u{FF}\u{D8}\u{0}\u{1}\u{2}", .importNothing),
  ])
  func aFileThatIsNoneIsSaidAndChangesNothing(name: String, text: String, said: Phrase) async throws {
    let phone = try await Phone.enrolled()
    let model = try opened(phone, name, text)
    await model.load()
    #expect(model.message != nil)
    if said == .errorFileEmpty { #expect(model.message?.text == said) }
    #expect(!model.canRun)
    model.closeTapped()
    #expect(phone.session.importing == nil)
  }

  @Test func aFileThatIsGoneIsSaid() async throws {
    let phone = try await Phone.enrolled()
    phone.session.opened(file: URL(filePath: "/nowhere/karte.vcf"))
    let model = try #require(phone.session.importing)
    await model.load()
    #expect(model.message?.text == .errorFileUnreadable)
  }
}
