import Foundation
import FarleyBindings

/// Kinds, fields and lists by name, and their values in words. A field the office adds is in here after the next sync.
public struct SchemaBook: Sendable {
  private let kinds: [String: KindInfo]
  private let lists: [String: [ChoiceInfo]]
  private let language: Language

  init(_ schema: SchemaData, _ language: Language) {
    kinds = Dictionary(schema.kinds.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    lists = Dictionary(schema.lists.map { ($0.name, $0.choices) }, uniquingKeysWith: { first, _ in first })
    self.language = language
  }

  public func kind(_ name: String) -> KindInfo? { kinds[name] }

  public func field(_ kind: String, _ name: String) -> FieldInfo? {
    kinds[kind]?.fields.first { $0.name == name }
  }

  /// `Kontakt`.
  public func one(_ kind: String) -> String { kinds[kind].map { text($0.label) } ?? kind }

  /// `Kontakte`.
  public func many(_ kind: String) -> String { kinds[kind].map { text($0.labels) } ?? kind }

  public func label(_ field: FieldInfo) -> String { text(field.label) }

  /// `Telefon`, or of a key like `phones/a1/number` the sub-field's own label.
  public func label(_ kind: String, key: String) -> String {
    let parts = key.split(separator: "/").map(String.init)
    guard let first = parts.first, let field = field(kind, first) else { return key }
    if parts.count == 3, let sub = field.sub.first(where: { $0.name == parts[2] }) {
      return "\(text(field.label)) · \(text(sub.label))"
    }
    return text(field.label)
  }

  /// Name of a form's section.
  public func section(_ name: String) -> String { choice("section", name) }

  /// Those still offered, and `used` even if it is not.
  public func choices(_ list: String?, used: String = "") -> [(key: String, label: String)] {
    let known = lists[list ?? ""] ?? []
    var offered = known.filter { !$0.inactive || $0.key == used }.map { (key: $0.key, label: text($0.label)) }
    if !used.isEmpty, !offered.contains(where: { $0.key == used }) { offered.append((key: used, label: used)) }
    return offered
  }

  /// A key that the list no longer has is shown as it is.
  public func choice(_ list: String?, _ key: String) -> String {
    (lists[list ?? ""]?.first { $0.key == key }).map { text($0.label) } ?? key
  }

  private func text(_ label: LabelData) -> String {
    let (own, other) = language == .de ? (label.de, label.en) : (label.en, label.de)
    return own.isEmpty ? other : own
  }
}

// MARK: Values in words

extension SchemaBook {
  /// One line for a fact; empty if there is nothing.
  public func shown(_ value: FieldValue, _ field: FieldInfo?, _ formats: Formats, now: Int64) -> String {
    switch value {
    case .empty: ""
    case .text(let text), .typed(let text): shown(text: text, field, formats, now: now)
    case .number(let number):
      field?.fieldType == .duration ? formats.minutes(number) : formats.number(number)
    case .boolean(let yes): formats.say(yes ? .commonYes : .commonNo)
    case .money(let amount, let currency): formats.money(amount, currency)
    case .moment(let at, _): formats.moment(at, now: now)
    case .period(let start, let end, _): formats.period(start, end, now: now)
    case .link(let to): title(to, formats)
    case .links(let links): links.map { title($0, formats) }.joined(separator: ", ")
    case .keys(let keys): keys.map { choice(field?.list, $0) }.joined(separator: ", ")
    case .address(let street, let street2, let code, let city, let region, let country):
      address(street, street2, code, city, region, country)
    case .entries(let entries):
      entries.map { entry($0, field, formats, now: now) }.filter { !$0.isEmpty }.joined(separator: "\n")
    }
  }

  private func shown(text: String, _ field: FieldInfo?, _ formats: Formats, now: Int64) -> String {
    switch field?.fieldType {
    case .choice: choice(field?.list, text)
    case .line where field?.list != nil: choice(field?.list, text)
    case .date: formats.day(text, now: now)
    case .decimal: formats.decimal(text)
    default: text
    }
  }

  /// One entry as one line: its label in front of what it says.
  public func entry(_ entry: EntryData, _ field: FieldInfo?, _ formats: Formats, now: Int64) -> String {
    let parts = (field?.sub ?? []).compactMap { sub -> String? in
      guard let value = entry.values.first(where: { $0.field == sub.name })?.value else { return nil }
      if case .boolean(let yes) = value { return yes ? label(sub) : nil }
      let words = shown(value, sub, formats, now: now)
      return words.isEmpty ? nil : words
    }
    return parts.joined(separator: " · ")
  }

  /// A cell of a list: the core's one spelling, read again by the field's type.
  public func shown(cell text: String, _ field: FieldInfo, _ formats: Formats, now: Int64) -> String {
    let parts = text.split(separator: " ").map(String.init)
    switch field.fieldType {
    case .period: return formats.period(parts.first ?? "", parts.count > 1 ? parts[1] : "", now: now)
    case .money: return parts.count == 2 ? formats.money(Int64(parts[0]) ?? 0, parts[1]) : text
    case .instant: return Int64(text).map { formats.moment($0, now: now) } ?? text
    case .integer: return Int64(text).map(formats.number) ?? text
    case .duration: return Int64(text).map(formats.minutes) ?? text
    case .boolean: return formats.say(text == "true" ? .commonYes : .commonNo)
    case .multiChoice:
      return text.components(separatedBy: ", ").map { choice(field.list, $0) }.joined(separator: ", ")
    default: return shown(.text(text: text), field, formats, now: now)
    }
  }

  private func title(_ link: LinkTo, _ formats: Formats) -> String {
    link.title.isEmpty ? formats.say(.commonNotHere) : link.title
  }

  private func address(
    _ street: String, _ street2: String, _ code: String, _ city: String, _ region: String, _ country: String
  ) -> String {
    let place = [code, city].filter { !$0.isEmpty }.joined(separator: " ")
    let land = country.isEmpty || country == "DE" ? "" : choice("country", country)
    return [street, street2, place, region, land].filter { !$0.isEmpty }.joined(separator: ", ")
  }
}
