import FarleyTestKit
import Foundation
import SwiftUI
import Testing

@testable import FarleyKit
@testable import FarleyUI

/// Every screen, in both languages: read, tapped, and written down for people to look at.
@MainActor @Suite(.serialized) struct ScreensTests {
  @Test(arguments: Language.allCases)
  func everyScreenSpeaksTheLanguageAndNamesWhatCanBeTapped(language: Language) async throws {
    let day = try await Day(language)
    for (name, route) in day.screens {
      let screen = day.screen(route)
      await screen.isSound(name)
      try await screen.write(name)
    }
  }

  @Test(arguments: Language.allCases)
  func everyEnabledButtonCanBeTapped(language: Language) async throws {
    var taps = 0
    let day = try await Day(language)
    for (name, route) in day.screens {
      var position = 0
      while true {
        let screen = day.screen(route)
        let buttons = await screen.shown().all.filter { $0.action != nil && !$0.off }
        guard position < buttons.count else { break }
        buttons[position].tap()
        taps += 1
        await screen.rest()
        await screen.isSound("\(name) after \(buttons[position].spoken)")
        position += 1
      }
    }
    #expect(taps > 100)
  }

  @Test(arguments: Language.allCases)
  func theWholeAppIsOneStackOnAPhoneAndTwoPanesOnATablet(language: Language) async throws {
    let day = try await Day(language)
    for wide in [false, true] {
      let screen = Screen(day.phone, wide: wide, SessionView(session: day.phone.session, version: "1.0"))
      for place in wide ? Place.sidebar : Place.tabs {
        day.phone.session.routes.place = place
        await screen.isSound("\(place)")
        try await screen.write("app-\(place)")
      }
      day.phone.session.routes.place = .contacts
      let tree = await screen.shown()
      let row = try #require(tree.find("Button", contactRow(language)))
      row.tap()
      await screen.rest()
      let opened = await screen.shown()
      #expect(opened.find("Button", language == .de ? "+49 171 555 1234 anrufen" : "Call +49 171 555 1234") != nil)
      // Beside each other there, one above the other here.
      #expect((opened.find("Button", contactRow(language)) != nil) == wide)
      try await screen.write("app-contact")
      day.phone.session.routes.path = []
    }
  }

  private func contactRow(_ language: Language) -> String {
    // Name, company and phone, then what the marks say.
    language == .de
      ? "Lea Brandt, Sanitär Brandt GmbH, +49 171 555 1234, 1 Feld mit 2 Fassungen"
      : "Lea Brandt, Sanitär Brandt GmbH, +49 171 555 1234, 1 field with 2 versions"
  }

  @Test(arguments: Language.allCases)
  func beforeEnrolmentTheAppAsksForTheLinkAndSaysWhatIsWrongWithIt(language: Language) async throws {
    let phone = try Phone(language)
    let root = RootModel(
      folder: phone.folder, version: "1.0", deviceName: "iPhone", formats: phone.formats, platform: phone.platform)
    let screen = Screen(
      phone,
      RootView(model: root) { found in
        Button(action: { found("https://example.org") }, label: { Text(verbatim: "camera") })
      })
    await screen.isSound("enrol")
    try await screen.write("enrol")
    let german = language == .de
    let go = german ? "Verbinden" : "Connect"
    #expect(await screen.shown().find("Button", go)?.off == true)
    try await screen.tap(german ? "Code scannen" : "Scan the code")
    try await screen.write("enrol-scanning")
    await screen.isSound("enrol scanning")
    let field = german ? "Link aus dem Büro" : "Link from the office"
    try await screen.enter("https://example.org/x", into: field, "TextField")
    let said = german ? "Das ist kein Link aus Farley" : "This is not a link from Farley"
    #expect(await screen.shown().texts.contains { $0.hasPrefix(said) })
    try await screen.write("enrol-wrong-link")
  }

  @Test func theLockCoversEverythingAndOpensOnlyWithTheOwner() async throws {
    let day = try await Day(.de)
    day.phone.hand.set("lock", true)
    day.phone.hand.unlocks = false
    let root = RootModel(
      folder: day.phone.folder, version: "1.0", deviceName: "iPhone", formats: day.phone.formats,
      platform: day.phone.platform)
    let screen = Screen(day.phone, RootView(model: root) { _ in EmptyView() })
    let locked = await screen.shown()
    #expect(
      locked.readingOrder == [
        "Farley ist gesperrt", "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.", "Entsperren",
      ])
    try await screen.write("lock")
    root.becameInactive()
    #expect(await screen.shown().texts.last == "Farley")
    await root.becameActive()
    day.phone.hand.unlocks = true
    try await screen.tap("Entsperren")
    #expect(!root.isLocked)
  }
}
