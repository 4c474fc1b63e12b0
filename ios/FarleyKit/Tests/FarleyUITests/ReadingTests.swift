import FarleyTestKit
import Foundation
import SwiftUI
import Testing

@testable import FarleyKit
@testable import FarleyUI

/// What VoiceOver says on the five main screens, in the order of a swipe to the right.
@MainActor @Suite(.serialized) struct ReadingTests {
  @Test func todayIsReadFromWhatIsLateToWhatToDo() async throws {
    let day = try await Day(.de)
    let read = await day.screen(.place(.today)).shown().readingOrder
    let date = day.phone.formats.written(day.phone.session.today)
    #expect(
      read == [
        "Heute", "Überfällig", "Angebot schicken abhaken", "Angebot schicken, 01.01.2020, überfällig", "Besuche",
        "Reparatur \(date), Sanitär Brandt GmbH", "Heute fällig", "Rückruf abhaken", "Rückruf, heute",
        "Übertragung: 1 Eingabe wartet", "Besuch planen", "Aufgabe anlegen",
      ])
  }

  @Test func aListIsReadFromTheSearchToTheWayToAddOne() async throws {
    let day = try await Day(.en)
    let read = await day.screen(.place(.contacts)).shown().readingOrder
    #expect(
      read == [
        "Contacts", "Search Contacts", "1 record",
        "Lea Brandt, Sanitär Brandt GmbH, +49 171 555 1234, 1 field with 2 versions", "Transfer: 1 entry waiting",
        "More actions", "New: Contact",
      ])
  }

  @Test func aRecordIsReadFromItsStateToItsHistory() async throws {
    let day = try await Day(.de)
    let read = await day.screen(.record(kind: "contact", id: day.contact)).shown().readingOrder
    #expect(read.first == "Lea Brandt")
    #expect(read[1].hasPrefix("im Büro seit "))
    #expect(read[1].contains("geändert gerade eben · Ben Yilmaz"))
    #expect(read.contains("Rufname, Leo, 2 Fassungen") || read.contains("Rufname, Lea, 2 Fassungen"))
    let order = [
      "1 Feld mit 2 Fassungen", "+49 171 555 1234 anrufen", "SMS an +49 171 555 1234", "E-Mail an lea@example.org",
      "Person", "Vorname, Lea", "Verlauf", "Als Visitenkarte teilen", "In den Papierkorb", "Bearbeiten", "Notiz",
    ].map { said in read.firstIndex(of: said) }
    #expect(order.allSatisfy { $0 != nil })
    #expect(order.compactMap { $0 } == order.compactMap { $0 }.sorted())
  }

  @Test func aRunningVisitIsReadInTheOrderOfTheWork() async throws {
    let day = try await Day(.de)
    let screen = day.screen(.visit(id: day.visit))
    try await screen.tap("Besuch beginnen")
    let read = await screen.shown().readingOrder
    let order = [
      "geplant heute, 14:00–15:00", "noch nicht übertragen", "Bericht", "Was wurde getan? Was ist aufgefallen?",
      "Ergebnis", "erfolgreich", "niemand angetroffen", "Nächster Schritt", "zum Beispiel: Angebot schicken",
      "Besuch beenden", "Bearbeiten", "Speichern",
    ].map { said in read.firstIndex(of: said) }
    #expect(order.allSatisfy { $0 != nil }, "\(read)")
    #expect(order.compactMap { $0 } == order.compactMap { $0 }.sorted())
  }

  @Test func theTransferIsReadFromWhatWaitsToWhatToDo() async throws {
    let day = try await Day(.de)
    let read = await day.screen(.place(.sync)).shown().readingOrder
    #expect(read.prefix(2) == ["Übertragung", "1 Eingabe ist noch nicht übertragen"])
    #expect(read.contains { $0.hasPrefix("Ihre Eingaben sind auf diesem Gerät gespeichert") })
    #expect(read.contains("Übertragung angehalten"))
    #expect(read.suffix(3).first == "Jetzt übertragen")
  }
}
