import FarleyTestKit
import Foundation
import SwiftUI
import Testing

@testable import FarleyKit
@testable import FarleyUI

/// One screen on one phone: drawn, read and tapped.
@MainActor final class Screen {
  let phone: Phone
  let renderer = Renderer()
  private let view: AnyView

  init<V: View>(_ phone: Phone, wide: Bool = false, _ view: V) {
    self.phone = phone
    self.view = AnyView(view)
    let words = phone.words
    renderer.strings = { words.text($0, $1) }
    renderer.environment.locale = Locale(identifier: words.language.rawValue)
    renderer.environment.horizontalSizeClass = wide ? .regular : .compact
    let hand = phone.hand
    renderer.environment.openURL = OpenURLAction {
      _ = hand.open($0); return .handled
    }
  }

  /// Drawn, with everything that loads on appearing.
  func shown() async -> Node { await renderer.settle(view) }

  /// Taps and waits until what the tap began is done.
  func tap(_ said: String, _ kind: String? = "Button") async throws {
    let node = try #require(await shown().find(kind, said), "there is no \(kind ?? "element") “\(said)”")
    node.tap()
    await rest()
  }

  func enter(_ value: Any, into said: String, _ kind: String) async throws {
    let node = try #require(await shown().find(kind, said), "there is no \(kind) “\(said)”")
    node.set?(value)
    await rest()
  }

  /// Until nothing on the screen has changed for a while: what a tap began runs on its own.
  func rest() async {
    var (last, still) = ("", 0)
    for _ in 0..<100 where still < 4 {
      try? await Task.sleep(for: .milliseconds(20))
      let now = await shown().outline()
      still = now == last ? still + 1 : 0
      last = now
    }
  }

  /// What must hold on every screen, whatever happened on it.
  func isSound(_ name: String) async {
    let node = await shown()
    #expect(renderer.missing.isEmpty, "\(name) in \(phone.words.language)")
    #expect(renderer.problems.isEmpty, "\(name) in \(phone.words.language)")
    #expect(node.unnamed.map(\.kind).isEmpty, "\(name) in \(phone.words.language)")
    #expect(!node.texts.contains { $0.contains("{") }, "\(name) shows a key in \(phone.words.language)")
  }

  /// Kept for people to look at: `cargo xtask screenshots` prints where.
  func write(_ name: String) async throws {
    let root = URL(filePath: #filePath).appending(path: "../../../../../target/ios/screens").standardized
    let width = renderer.environment.horizontalSizeClass == .regular ? "split" : "phone"
    let folder = root.appending(path: "\(width)-\(phone.words.language.rawValue)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let outline = await shown().outline()
    #expect(outline.count > 20, "\(name) draws nothing")
    try Data(outline.utf8).write(to: folder.appending(path: "\(name).txt"))
  }
}

/// A phone with a day's work on it, and a colleague who wrote offline at the same time.
@MainActor struct Day {
  let phone: Phone
  let contact: String
  let company: String
  let note: String
  let visit: String
  let task: String

  init(_ language: Language) async throws {
    let office = try Office.own()
    let phone = try await Phone.enrolled("Anna Brandt", language, at: office)
    let colleague = try await Phone.enrolled("Ben Yilmaz", language, at: office)
    let today = phone.formats.day(of: phone.hand.clock())
    company = try await phone.create("company", ["name": "Sanitär Brandt GmbH"])
    contact = try await phone.create(
      "contact",
      [
        "given_name": "Lea", "family_name": "Brandt", "phones/a1/number": "+49 171 555 1234",
        "phones/a1/label": "mobile", "emails/b1/address": "lea@example.org", "employments/c1/company": company,
        "state": "customer",
        "birthday": "1980-12-31",
      ])
    task = try await phone.create("task", ["summary": "Angebot schicken", "due": "2020-01-01"])
    _ = try await phone.create("task", ["summary": "Rückruf", "due": today])
    note = try await phone.session.workspace.apply(
      edit: .create(
        "note",
        [("body", .text(text: "Kessel geprüft.")), ("about", .links(links: [.init(id: contact, title: "")]))])
    ).id
    visit = try await phone.session.workspace.apply(
      edit: .create(
        "visit",
        [
          ("purpose", .text(text: "repair")), ("company", .link(to: .init(id: company, title: ""))),
          ("planned", .period(start: "\(today)T14:00", end: "\(today)T15:00", zone: "Europe/Berlin")),
        ])
    ).id
    try await phone.sync()
    try await colleague.sync()
    try await phone.change(contact, ["nickname": "Lea"])
    try await colleague.change(contact, ["nickname": "Leo"])
    try await colleague.sync()
    try await phone.sync()
    try await phone.change(company, ["industry": "hvac"])
    await phone.session.changed(.init(kinds: [], ids: [], much: true))
    try phone.session.begin()
    for _ in 0..<100 where phone.session.status?.pending != 1 { try await Task.sleep(for: .milliseconds(20)) }
    self.phone = phone
  }

  /// Every screen by name.
  var screens: [(String, Route)] {
    [
      ("today", .place(.today)), ("contacts", .place(.contacts)), ("companies", .place(.companies)),
      ("search", .place(.search)), ("visits", .place(.visits)), ("tasks", .place(.tasks)), ("notes", .place(.notes)),
      ("conflicts", .place(.conflicts)), ("sync", .place(.sync)), ("settings", .place(.settings)),
      ("more", .place(.more)), ("contact", .record(kind: "contact", id: contact)),
      ("company", .record(kind: "company", id: company)), ("task", .record(kind: "task", id: task)),
      ("edit-contact", .edit(kind: "contact", id: contact)), ("new-task", .create(kind: "task", about: contact)),
      ("new-visit", .newVisit(about: company)), ("note", .note(id: note)), ("new-note", .newNote(about: contact)),
      ("visit", .visit(id: visit)), ("trash", .trash(kind: "contact")),
    ]
  }

  func screen(_ route: Route) -> Screen {
    Screen(phone, SessionRoute(session: phone.session, route: route))
  }
}

/// A route as the app draws it, in its stack.
struct SessionRoute: View {
  let session: Session
  let route: Route
  var body: some View {
    NavigationStack { RouteView(session: session, version: "1.0", route: route) }
      .safeAreaInset(edge: .bottom) { NoticeView(session: session) }
  }
}
