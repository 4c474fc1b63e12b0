import Foundation

/// The language the app speaks.
public enum Language: String, Sendable, CaseIterable {
  case de, en

  /// German for `de`, `de-CH` and so on, else English.
  public init(identifier: String) { self = identifier.hasPrefix("de") ? .de : .en }
}

/// Dates, times, money and sizes as people in Germany, Austria and Switzerland write them. The one place for it:
/// Foundation's formatters differ between Linux and Apple, and the same record must read the same.
public struct Formats: Sendable {
  public let language: Language
  public let zone: TimeZone
  public let say: Say

  public init(language: Language, zone: TimeZone, say: @escaping Say) {
    self.language = language
    self.zone = zone
    self.say = say
  }

  private var calendar: Calendar {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    calendar.firstWeekday = 2
    return calendar
  }

  // MARK: Moments

  /// The day of a moment in this zone, `2026-11-23`.
  public func day(of millis: Int64) -> String {
    let parts = calendar.dateComponents([.year, .month, .day], from: date(millis))
    return String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
  }

  /// `gerade eben`, `vor 3 Min.`; from an hour on the moment itself, where the day matters.
  public func ago(_ millis: Int64, now: Int64) -> String {
    let minutes = (now - millis) / 60_000
    if minutes < 0 || minutes >= 60 { return moment(millis, now: now) }
    return minutes == 0 ? say(.timeNow) : say(.timeMinutesAgo(Int(minutes)))
  }

  /// Today `14:12`, this week `Mo 14:12`, else `23.11.2026, 14:12`.
  public func moment(_ millis: Int64, now: Int64) -> String {
    let (that, today) = (day(of: millis), day(of: now))
    if that == today { return time(millis) }
    let apart = abs(millis - now)
    if apart < 6 * 86_400_000 {
      return "\(weekday(millis)) \(time(millis))"
    }
    return "\(written(that)), \(time(millis))"
  }

  /// `14:12`.
  public func time(_ millis: Int64) -> String {
    let parts = calendar.dateComponents([.hour, .minute], from: date(millis))
    return String(format: "%02d:%02d", parts.hour ?? 0, parts.minute ?? 0)
  }

  func weekday(_ millis: Int64) -> String {
    let names =
      language == .de
      ? ["So", "Mo", "Di", "Mi", "Do", "Fr", "Sa"] : ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    return names[calendar.component(.weekday, from: date(millis)) - 1]
  }

  private func date(_ millis: Int64) -> Date { Date(timeIntervalSince1970: Double(millis) / 1000) }

  // MARK: Days

  /// `heute`, `morgen`, `gestern`, else the day as written. A day without year keeps none.
  public func day(_ day: String, now: Int64) -> String {
    if day == self.day(of: now) { return say(.timeToday) }
    if day == self.day(daysFrom: 1, now) { return say(.timeTomorrow) }
    if day == self.day(daysFrom: -1, now) { return say(.timeYesterday) }
    return written(day)
  }

  /// `23.11.2026` or `23 Nov 2026`; what is no day stays as it is.
  public func written(_ day: String) -> String {
    let parts = day.split(separator: "-").map(String.init)
    if parts.count == 3, let year = Int(parts[0]), let month = Int(parts[1]), let number = Int(parts[2]) {
      guard (1...12).contains(month) else { return day }
      return language == .de
        ? String(format: "%02d.%02d.%04d", number, month, year) : "\(number) \(Self.months[month - 1]) \(year)"
    }
    if day.hasPrefix("--"), parts.count == 2, let month = Int(parts[0]), let number = Int(parts[1]) {
      guard (1...12).contains(month) else { return day }
      return language == .de ? String(format: "%02d.%02d.", number, month) : "\(number) \(Self.months[month - 1])"
    }
    return day
  }

  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// The day so many days from the day of `now`.
  public func day(daysFrom days: Int, _ now: Int64) -> String {
    let moved = calendar.date(byAdding: .day, value: days, to: date(now)) ?? date(now)
    return day(of: Int64(moved.timeIntervalSince1970 * 1000))
  }

  /// How many days a day lies before the day of `now`; nil if it is no day.
  public func daysOverdue(_ day: String, now: Int64) -> Int? {
    guard let then = start(of: day), let today = start(of: self.day(of: now)) else { return nil }
    return calendar.dateComponents([.day], from: then, to: today).day
  }

  /// Noon of a day, for a date picker; noon so that no change of clocks moves it to another day.
  public func start(of day: String) -> Date? {
    let parts = day.split(separator: "-").compactMap { Int($0) }
    guard parts.count == 3, day.count == 10 else { return nil }
    return calendar.date(from: DateComponents(year: parts[0], month: parts[1], day: parts[2], hour: 12))
  }

  /// `2026-09-14T08:00` and `2026-09-14T10:00` as `14.09.2026, 08:00–10:00`; whole days by their days.
  public func period(_ start: String, _ end: String, now: Int64) -> String {
    let (from, to) = (start.split(separator: "T"), end.split(separator: "T"))
    guard let first = from.first else { return "" }
    let day = day(String(first), now: now)
    guard from.count == 2 else { return day }
    let begin = "\(day), \(from[1].prefix(5))"
    guard to.count == 2 else { return begin }
    let end = to[1].prefix(5)
    return from[0] == to[0] ? "\(begin)–\(end)" : "\(begin) – \(written(String(to[0]))), \(end)"
  }

  /// `2026-09-14T08:00` in this zone, for a date picker; nil if it is no such text.
  public func date(local: String) -> Date? {
    let parts = local.split(whereSeparator: { "-T:".contains($0) }).compactMap { Int($0) }
    guard parts.count >= 3 else { return nil }
    let time = parts.count >= 5 ? (parts[3], parts[4]) : (12, 0)
    return calendar.date(
      from: DateComponents(year: parts[0], month: parts[1], day: parts[2], hour: time.0, minute: time.1))
  }

  /// The other way: `2026-09-14T08:00`.
  public func local(_ date: Date) -> String {
    let millis = Int64(date.timeIntervalSince1970 * 1000)
    return "\(day(of: millis))T\(time(millis))"
  }

  // MARK: Numbers

  /// Minor units of a currency: `1.234,50 €`, `CHF 1'234.50`, `EUR 1,234.50`.
  public func money(_ minor: Int64, _ currency: String) -> String {
    let digits =
      ["JPY", "KRW", "CLP", "ISK"].contains(currency) ? 0 : ["BHD", "KWD", "TND"].contains(currency) ? 3 : 2
    var text = String(minor.magnitude)
    while text.count <= digits { text = "0" + text }
    let whole = String(text.dropLast(digits))
    let swiss = currency == "CHF"
    let point = swiss || language == .en ? "." : ","
    let amount =
      (minor < 0 ? "-" : "") + grouped(whole, by: swiss ? "'" : nil)
      + (digits == 0 ? "" : point + text.suffix(digits))
    return language == .de && currency == "EUR" ? "\(amount) €" : "\(currency) \(amount)"
  }

  /// `40.000` or `40,000`.
  public func number(_ number: Int64) -> String { (number < 0 ? "-" : "") + grouped(String(number.magnitude), by: nil) }

  /// A decimal in its one spelling, `1234.5`, as `1.234,5`.
  public func decimal(_ text: String) -> String {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let whole = Int64(parts[0]) else { return Int64(text).map(number) ?? text }
    let sign = parts[0].hasPrefix("-") && whole == 0 ? "-" : ""
    return sign + number(whole) + (language == .de ? "," : ".") + parts[1]
  }

  /// Minutes: `45 Minuten`, `1:30 h`.
  public func minutes(_ minutes: Int64) -> String {
    minutes < 60 ? say(.timeMinutes(Int(minutes))) : String(format: "%d:%02d h", minutes / 60, minutes % 60)
  }

  /// `1,2 MB`.
  public func bytes(_ bytes: UInt64) -> String {
    if bytes < 1_000 { return "\(bytes) B" }
    let (unit, size) = bytes < 1_000_000 ? ("kB", 1_000.0) : ("MB", 1_000_000.0)
    let text = String(format: "%.1f", Double(bytes) / size)
    return decimal(text) + " " + unit
  }

  private func grouped(_ digits: String, by separator: String?) -> String {
    let mark = separator ?? (language == .de ? "." : ",")
    var out = ""
    for (position, digit) in digits.enumerated() {
      if position > 0, (digits.count - position) % 3 == 0 { out += mark }
      out.append(digit)
    }
    return out
  }
}
