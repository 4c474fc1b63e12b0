import FarleyBindings
import Foundation

/// One control of a form and what stands in it. What was typed stays as typed; the core reads it on saving.
public struct FormField: Identifiable, Hashable, Sendable {
  /// What a control holds.
  public enum Input: Hashable, Sendable {
    case text(String)
    case yes(Bool)
    /// Empty: nothing chosen.
    case choice(String)
    case keys(Set<String>)
    case links([LinkTo])
    case address(AddressInput)
    case period(start: String, end: String)
    case entries([FormEntry])
    /// Only shown: the office or another screen writes it.
    case shown(String)
  }

  /// `family_name`, or within an entry the sub-field's name.
  public let id: String
  public let label: String
  public let info: FieldInfo
  public var input: Input
  public var problem: Phrase?
  /// As it was when the form opened: only what differs is saved.
  let before: Input

  public var isChanged: Bool { input != before }
}

public struct AddressInput: Hashable, Sendable {
  public var street = ""
  public var street2 = ""
  public var postalCode = ""
  public var city = ""
  public var region = ""
  public var country = ""

  var value: FieldValue {
    if self == AddressInput() { return .empty }
    return .address(
      street: street, street2: street2, postalCode: postalCode, city: city, region: region, country: country)
  }
}

/// One phone number, one employment.
public struct FormEntry: Identifiable, Hashable, Sendable {
  public let id: String
  public var fields: [FormField]

  /// What tells it from the others: the first thing typed in it.
  public var words: String {
    fields.lazy.compactMap { field in
      switch field.input {
      case .text(let text): text.isEmpty ? nil : text
      case .links(let links): links.first?.title
      default: nil
      }
    }.first ?? ""
  }
}

// MARK: From a value

extension FormField {
  /// Empty if `value` is nil.
  @MainActor init(_ info: FieldInfo, _ value: FieldValue?, _ session: Session) {
    id = info.name
    label = session.schema.label(info)
    self.info = info
    input = Self.input(info, value ?? .empty, session)
    before = input
  }

  @MainActor private static func input(_ info: FieldInfo, _ value: FieldValue, _ session: Session) -> Input {
    let words = { session.schema.shown(value, info, session.formats, now: session.now) }
    if info.readOnly { return .shown(words()) }
    switch (info.fieldType, value) {
    case (.boolean, .boolean(let yes)): return .yes(yes)
    case (.boolean, _): return .yes(false)
    case (.choice, .text(let key)): return .choice(key)
    case (.choice, _): return .choice("")
    case (.line, .text(let key)) where info.list != nil: return .choice(key)
    case (.line, _) where info.list != nil: return .choice("")
    case (.multiChoice, .keys(let keys)): return .keys(Set(keys))
    case (.multiChoice, _): return .keys([])
    case (.tags, .keys(let tags)): return .text(tags.joined(separator: ", "))
    case (.link, .link(let to)): return .links([to])
    case (.links, .links(let links)): return .links(links)
    case (.link, _), (.links, _): return .links([])
    case (.address, .address(let street, let street2, let code, let city, let region, let country)):
      return .address(
        AddressInput(
          street: street, street2: street2, postalCode: code, city: city, region: region, country: country))
    case (.address, _): return .address(AddressInput())
    case (.period, .period(let start, let end, _)): return .period(start: start, end: end)
    case (.period, _): return .period(start: "", end: "")
    case (.entries, .entries(let entries)):
      return .entries(entries.map { FormEntry(info, $0, session) })
    case (.entries, _): return .entries([])
    case (.events, _), (.blob, _), (.geo, _), (.instant, _): return .shown(words())
    case (.date, .text(let day)): return .text(session.formats.written(day))
    case (.decimal, .text(let text)): return .text(session.formats.decimal(text))
    case (.duration, .number(let minutes)): return .text("\(minutes)")
    case (_, .number(let number)): return .text("\(number)")
    case (_, .text(let text)), (_, .typed(let text)): return .text(text)
    default: return .text(words())
    }
  }
}

extension FormEntry {
  @MainActor init(_ info: FieldInfo, _ entry: EntryData, _ session: Session) {
    id = entry.id
    fields = info.sub.map { sub in
      FormField(sub, entry.values.first { $0.field == sub.name }?.value, session)
    }
  }

  /// An empty one, with an id of its own: adding it twice adds it once.
  @MainActor init(new info: FieldInfo, _ session: Session) {
    let letters = Array("bcdfghjkmnpqrstvwxz23456")
    id = String((0..<8).map { _ in letters[Int.random(in: 0..<letters.count)] })
    fields = info.sub.map { FormField($0, nil, session) }
  }
}

// MARK: To an edit

extension FormField {
  /// What a whole value becomes; nil for what is saved by members or not at all.
  func value(_ input: Input) -> FieldValue? {
    switch input {
    case .text(let text):
      if info.fieldType == .tags { return nil }
      if text.isEmpty { return .empty }
      // A co-edited text is taken as it is, everything else as a person typed it.
      return info.fieldType == .longText ? .text(text: text) : .typed(text: text)
    case .yes(let yes): return .boolean(yes: yes)
    case .choice(let key): return key.isEmpty ? .empty : .text(text: key)
    case .links(let links):
      if info.fieldType == .links { return nil }
      return links.first.map { .link(to: $0) } ?? .empty
    case .address(let address): return address.value
    case .period(let start, let end):
      return start.isEmpty || end.isEmpty
        ? .empty : .period(start: start, end: end, zone: TimeZone.current.identifier)
    case .keys, .entries, .shown: return nil
    }
  }

  /// The members of tags, links and choices.
  func members(_ input: Input) -> Set<String> {
    switch input {
    case .keys(let keys): keys
    case .links(let links): Set(links.map(\.id))
    case .text(let text):
      Set(text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty })
    default: []
    }
  }

  /// Adds what a person changed in this field to an edit.
  func write(_ set: inout [NamedValue], _ add: inout [NamedValue], _ remove: inout [Removal]) {
    guard isChanged else { return }
    if case .entries(let entries) = input {
      return writeEntries(entries, &set, &remove)
    }
    if let value = value(input) {
      set.append(NamedValue(field: id, value: value))
      return
    }
    let (old, new) = (members(before), members(input))
    for member in new.subtracting(old).sorted() {
      add.append(NamedValue(field: id, value: added(member)))
    }
    remove += old.subtracting(new).sorted().map { Removal(field: id, member: $0) }
  }

  private func added(_ member: String) -> FieldValue {
    info.fieldType == .links ? .links(links: [LinkTo(id: member, title: "")]) : .keys(keys: [member])
  }

  private func writeEntries(_ entries: [FormEntry], _ set: inout [NamedValue], _ remove: inout [Removal]) {
    for entry in entries {
      for field in entry.fields where field.isChanged {
        if let value = field.value(field.input) {
          set.append(NamedValue(field: "\(id)/\(entry.id)/\(field.id)", value: value))
        }
      }
    }
    guard case .entries(let old) = before else { return }
    let kept = Set(entries.map(\.id))
    remove += old.filter { !kept.contains($0.id) }.map { Removal(field: id, member: $0.id) }
  }
}

// MARK: What does not fit

extension FormField {
  /// What is wrong with what was typed; never blocks saving anything else.
  func check() -> Phrase? {
    if case .period(let start, let end) = input {
      return !start.isEmpty && !end.isEmpty && end <= start ? .valuePeriod : nil
    }
    guard case .text(let text) = input, !text.isEmpty, isChanged, info.fieldType != .tags else { return nil }
    do {
      _ = try checkValue(fieldType: info.fieldType, text: text)
      return nil
    } catch {
      return Self.problem(info.fieldType)
    }
  }

  static func problem(_ type: FieldType) -> Phrase {
    switch type {
    case .date: .valueDate
    case .decimal: .valueNumber
    case .integer: .valueInteger
    case .money: .valueMoney
    case .email: .valueEmail
    case .url: .valueUrl
    case .duration: .valueDuration
    case .period: .valuePeriod
    case .geo: .valueGeo
    case .rule: .valueRule
    case .choice, .multiChoice: .valueChoice
    default: .valueOther
    }
  }
}
