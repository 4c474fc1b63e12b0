import FarleyKit
import FarleyTestKit
import Foundation
import Testing

/// Formats of a language in Berlin.
private func formats(_ language: Language) throws -> Formats {
  let words = try Words(language)
  return Formats(language: language, zone: try #require(TimeZone(identifier: "Europe/Berlin"))) { words.say($0) }
}

/// Mon 23.11.2026, 15:00 in Berlin.
private let now: Int64 = 1_795_442_400_000
private let minute: Int64 = 60_000

@Suite struct FormatsTests {
  @Test(arguments: [
    (0, "gerade eben", "just now"), (3, "vor 3 Min.", "3 min ago"), (59, "vor 59 Min.", "59 min ago"),
    (60, "14:00", "14:00"), (24 * 60, "So 15:00", "Sun 15:00"),
    (8 * 24 * 60, "15.11.2026, 15:00", "15 Nov 2026, 15:00"),
  ])
  func momentsNearAreCountedAndFarOnesAreNamed(minutes: Int, german: String, english: String) throws {
    let then = now - Int64(minutes) * minute
    #expect(try formats(.de).ago(then, now: now) == german)
    #expect(try formats(.en).ago(then, now: now) == english)
  }

  @Test func aClockThatIsWrongByYearsStillShowsAMoment() throws {
    #expect(try formats(.de).ago(0, now: now) == "01.01.1970, 01:00")
    #expect(try formats(.de).ago(now, now: 0) == "23.11.2026, 15:00")
  }

  @Test(arguments: [
    ("2026-11-23", "heute", "today"), ("2026-11-24", "morgen", "tomorrow"), ("2026-11-22", "gestern", "yesterday"),
    ("2026-12-31", "31.12.2026", "31 Dec 2026"), ("--12-31", "31.12.", "31 Dec"),
    ("irgendwann", "irgendwann", "irgendwann"),
    ("2026-13-01", "2026-13-01", "2026-13-01"),
  ])
  func daysAreWrittenAsPeopleWriteThem(day: String, german: String, english: String) throws {
    #expect(try formats(.de).day(day, now: now) == german)
    #expect(try formats(.en).day(day, now: now) == english)
  }

  @Test(arguments: [
    (123_450, "EUR", "1.234,50 €", "EUR 1,234.50"), (123_450, "CHF", "CHF 1'234.50", "CHF 1'234.50"),
    (-5, "EUR", "-0,05 €", "EUR -0.05"), (1_200_000, "JPY", "JPY 1.200.000", "JPY 1,200,000"),
    (Int64.min, "EUR", "-92.233.720.368.547.758,08 €", "EUR -92,233,720,368,547,758.08"),
  ])
  func moneyKeepsItsMinorUnits(minor: Int64, currency: String, german: String, english: String) throws {
    #expect(try formats(.de).money(minor, currency) == german)
    #expect(try formats(.en).money(minor, currency) == english)
  }

  @Test func decimalsMinutesAndBytesReadAsInTheLanguage() throws {
    let (de, en) = (try formats(.de), try formats(.en))
    #expect(de.decimal("1234.5") == "1.234,5")
    #expect(en.decimal("1234.5") == "1,234.5")
    #expect(de.decimal("-0.5") == "-0,5")
    #expect(de.decimal("viel") == "viel")
    #expect(de.minutes(1) == "1 Minute")
    #expect(de.minutes(90) == "1:30 h")
    #expect(de.bytes(1_234_567) == "1,2 MB")
    #expect(en.bytes(999) == "999 B")
  }

  @Test func aPeriodOfOneDayNamesTheDayOnce() throws {
    let de = try formats(.de)
    #expect(de.period("2026-11-24T08:00", "2026-11-24T10:00", now: now) == "morgen, 08:00–10:00")
    #expect(de.period("2026-11-24T08:00", "2026-11-25T10:00", now: now) == "morgen, 08:00 – 25.11.2026, 10:00")
    #expect(de.period("2026-11-24", "2026-11-25", now: now) == "morgen")
    #expect(de.period("", "", now: now) == "")
  }

  @Test func aPickedDateComesBackAsTheSameDayAlsoWhenClocksChange() throws {
    let de = try formats(.de)
    for day in ["2026-03-29", "2026-10-25", "2026-02-28", "2028-02-29"] {
      let date = try #require(de.start(of: day))
      #expect(de.day(of: Int64(date.timeIntervalSince1970 * 1000)) == day)
    }
    let local = try #require(de.date(local: "2026-10-25T08:30"))
    #expect(de.local(local) == "2026-10-25T08:30")
  }
}

@MainActor @Suite struct RoutesTests {
  @Test func whatWasOpenIsOpenAgainAfterTheProcessEnded() {
    let before = Routes()
    before.place = .contacts
    before.open(.record(kind: "contact", id: "0190b2a0-0000-7000-8000-000000000001"))
    before.push(.edit(kind: "contact", id: "0190b2a0-0000-7000-8000-000000000001"))
    before.push(.newNote(about: nil))
    let after = Routes()
    after.restore(before.saved)
    #expect(after.place == .contacts)
    #expect(after.path == before.path)
  }

  @Test func whatAnOlderVersionCannotReadIsLeftOutAndNothingCrashes() {
    let routes = Routes()
    routes.restore("contacts\nhologram 7\nnote n1\nrecord\n\n")
    #expect(routes.path == [.note(id: "n1")])
    routes.restore("nowhere\nnote n2")
    #expect(routes.place == .contacts)
  }

  @Test func eachPlaceKeepsItsOwnScreens() {
    let routes = Routes()
    routes.place = .contacts
    routes.open(.note(id: "a"))
    routes.place = .today
    #expect(routes.path.isEmpty)
    routes.place = .contacts
    #expect(routes.path == [.note(id: "a")])
  }

  @Test(arguments: [
    "farley://record/contact/../../etc", "farley://record/contact/x",
    "farley://record//0190b2a0-0000-7000-8000-000000000001",
    "https://evil.example/record/contact/0190b2a0-0000-7000-8000-000000000001",
    "farley://enrol#abc", "farley:1/abc",
    "farley://record/con%20tact/0190b2a0-0000-7000-8000-000000000001",
  ])
  func aHostileLinkOpensNothing(link: String) throws {
    #expect(Route(url: try #require(URL(string: link))) == nil)
  }

  @Test func aLinkToARecordOpensItsScreen() throws {
    let url = try #require(URL(string: "farley://record/note/0190B2A0-0000-7000-8000-000000000001"))
    #expect(Route(url: url) == .note(id: "0190b2a0-0000-7000-8000-000000000001"))
  }
}
