import FarleyTestKit
import Foundation
import SwiftUI
import Testing

@testable import FarleyKit
@testable import FarleyUI

/// What VoiceOver says on the five main screens, in the order of a swipe.
@MainActor @Suite struct ReadingTests {
  @Test func todayIsReadFromWhatIsLateToWhatToDo() async throws {
    let day = try await Day(.de)
    #expect(
      await day.screen(.place(.today)).shown().readingOrder == [
        "Heute", "Überfällig", "Angebot schicken: erledigt", "Angebot schicken, 01.01.2020, überfällig", "Besuche",
      ])
  }
}
