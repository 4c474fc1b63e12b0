import FarleyBindings
import FarleyKit
import SwiftUI

/// One field of a form with what is wrong below it.
struct FieldView: View {
  let model: FormModel
  let field: FormField

  var body: some View {
    VStack(alignment: .leading) {
      if case .entries(let entries) = field.input {
        EntriesView(model: model, field: field, entries: entries)
      } else {
        ControlView(model: model, field: field, pick: { model.pickTapped(field) }) { model.enter(field.id, $0) }
      }
      if let problem = field.problem {
        Text(problem).font(.footnote).foregroundStyle(.red)
        Text(.valueKept).font(.footnote).foregroundStyle(.secondary)
      }
    }
  }
}

/// The control that fits what the field holds.
struct ControlView: View {
  let model: FormModel
  let field: FormField
  let pick: @MainActor () -> Void
  let enter: @MainActor (FormField.Input) -> Void

  var body: some View {
    switch field.input {
    case .text(let text): TextControl(model: model, field: field, text: text, enter: enter)
    case .yes(let yes):
      Toggle(field.label, isOn: Binding(get: { yes }, set: { enter(.yes($0)) })).frame(minHeight: touchTarget)
    case .choice(let key): ChoiceControl(model: model, field: field, key: key, enter: enter)
    case .keys(let keys): KeysControl(model: model, field: field, keys: keys, enter: enter)
    case .links(let links): LinksControl(field: field, links: links, pick: pick, enter: enter)
    case .address(let address): AddressControl(label: field.label, address: address, enter: enter)
    case .period(let start, let end):
      PeriodControl(model: model, label: field.label, start: start, end: end, enter: enter)
    case .shown(let text): ShownControl(label: field.label, text: text)
    case .entries: EmptyView()
    }
  }
}

struct TextControl: View {
  let model: FormModel
  let field: FormField
  let text: String
  let enter: @MainActor (FormField.Input) -> Void

  var body: some View {
    TextField(field.label, text: Binding(get: { text }, set: { enter(.text($0)) }), axis: axis)
      .keyboardType(keyboard)
      .frame(minHeight: touchTarget)
    if field.info.fieldType == .date {
      DatePicker(selection: day, displayedComponents: .date) { Text(.sayDateOf(field.label)) }
    }
    if field.info.fieldType == .tags { Text(.formCommas).font(.footnote).foregroundStyle(.secondary) }
  }

  private var axis: Axis { field.info.fieldType == .longText ? .vertical : .horizontal }

  private var day: Binding<Date> {
    let formats = model.session.formats
    let now = model.session.now
    let known = formats.start(of: text) ?? Date(timeIntervalSince1970: Double(now) / 1000)
    return Binding(
      get: { known }, set: { enter(.text(formats.written(formats.day(of: Int64($0.timeIntervalSince1970 * 1000))))) })
  }

  private var keyboard: UIKeyboardType {
    switch field.info.fieldType {
    case .phone: .phonePad
    case .email: .emailAddress
    case .url: .URL
    case .integer, .decimal, .money, .duration, .date: .numbersAndPunctuation
    default: .default
    }
  }
}

struct ChoiceControl: View {
  let model: FormModel
  let field: FormField
  let key: String
  let enter: @MainActor (FormField.Input) -> Void

  var body: some View {
    Picker(field.label, selection: Binding(get: { key }, set: { enter(.choice($0)) })) {
      Text(.formNoChoice).tag("")
      ForEach(model.session.schema.choices(field.info.list, used: key), id: \.key) { choice in
        Text(choice.label).tag(choice.key)
      }
    }
    .frame(minHeight: touchTarget)
  }
}

struct KeysControl: View {
  let model: FormModel
  let field: FormField
  let keys: Set<String>
  let enter: @MainActor (FormField.Input) -> Void

  var body: some View {
    Text(field.label).font(.footnote).foregroundStyle(.secondary)
    ForEach(model.session.schema.choices(field.info.list), id: \.key) { choice in
      Toggle(
        choice.label,
        isOn: Binding(
          get: { keys.contains(choice.key) },
          set: { enter(.keys($0 ? keys.union([choice.key]) : keys.subtracting([choice.key]))) })
      )
      .frame(minHeight: touchTarget)
    }
  }
}

struct LinksControl: View {
  let field: FormField
  let links: [LinkTo]
  let pick: @MainActor () -> Void
  let enter: @MainActor (FormField.Input) -> Void

  var body: some View {
    Text(field.label).font(.footnote).foregroundStyle(.secondary)
    ForEach(links, id: \.id) { link in
      HStack {
        if link.title.isEmpty { Text(.commonNotHere) } else { Text(link.title) }
        Spacer()
        Button(.formRemoveEntry(link.title), systemImage: "minus.circle") {
          enter(.links(links.filter { $0.id != link.id }))
        }
        .labelStyle(.iconOnly)
        .frame(minWidth: touchTarget, minHeight: touchTarget)
      }
    }
    if links.isEmpty || field.info.fieldType == .links {
      Button(.formPickLink(field.label), systemImage: "plus.circle", action: pick)
        .frame(minHeight: touchTarget)
    }
  }
}

struct AddressControl: View {
  let label: String
  let address: AddressInput
  let enter: @MainActor (FormField.Input) -> Void

  var body: some View {
    Text(label).font(.footnote).foregroundStyle(.secondary)
    part(.formStreet, \.street)
    part(.formStreet2, \.street2)
    part(.formPostalCode, \.postalCode)
    part(.formCity, \.city)
    part(.formRegion, \.region)
    part(.formCountry, \.country)
  }

  private func part(_ title: Phrase, _ path: WritableKeyPath<AddressInput, String> & Sendable) -> some View {
    let old = address
    return TextField(
      LocalizedStringKey(title),
      text: Binding(
        get: { old[keyPath: path] },
        set: { text in
          var new = old
          new[keyPath: path] = text
          enter(.address(new))
        }))
  }
}

struct PeriodControl: View {
  let model: FormModel
  let label: String
  let start: String
  let end: String
  let enter: @MainActor (FormField.Input) -> Void

  var body: some View {
    Text(label).font(.footnote).foregroundStyle(.secondary)
    if start.isEmpty {
      Button(.formAddEntry(label), systemImage: "calendar.badge.plus") { begin() }
        .frame(minHeight: touchTarget)
    } else {
      DatePicker(selection: binding(start) { enter(.period(start: $0, end: later($0))) }) { Text(.formStart) }
      DatePicker(selection: binding(end) { enter(.period(start: start, end: $0)) }) { Text(.formEnd) }
      Button(.sayClearOf(label)) { enter(.period(start: "", end: "")) }
        .frame(minHeight: touchTarget)
    }
  }

  private var formats: Formats { model.session.formats }

  /// The next full hour, one hour long.
  private func begin() {
    let hour = (model.session.now / 3_600_000 + 1) * 3600
    let date = Date(timeIntervalSince1970: Double(hour))
    enter(.period(start: formats.local(date), end: formats.local(date.addingTimeInterval(3600))))
  }

  /// The end moves along with the start.
  private func later(_ newStart: String) -> String {
    guard let old = formats.date(local: start), let oldEnd = formats.date(local: end),
      let new = formats.date(local: newStart)
    else { return end }
    return formats.local(new.addingTimeInterval(max(oldEnd.timeIntervalSince(old), 0)))
  }

  private func binding(_ text: String, _ set: @escaping @MainActor (String) -> Void) -> Binding<Date> {
    let formats = formats
    let date = formats.date(local: text) ?? Date(timeIntervalSince1970: Double(model.session.now) / 1000)
    return Binding(get: { date }, set: { set(formats.local($0)) })
  }
}

struct ShownControl: View {
  let label: String
  let text: String

  var body: some View {
    VStack(alignment: .leading) {
      Text(label).font(.footnote).foregroundStyle(.secondary)
      if text.isEmpty { Text(.formOfficeOnly) } else { Text(text) }
    }
    .accessibilityElement(children: .combine)
  }
}

/// Phones, e-mails, employments: small forms one below the other.
struct EntriesView: View {
  let model: FormModel
  let field: FormField
  let entries: [FormEntry]

  var body: some View {
    Text(field.label).font(.footnote).foregroundStyle(.secondary)
    ForEach(entries) { entry in
      EntryView(model: model, field: field, entry: entry)
    }
    Button(.formAddEntry(field.label), systemImage: "plus.circle") { model.addEntryTapped(field) }
      .frame(minHeight: touchTarget)
  }
}

struct EntryView: View {
  let model: FormModel
  let field: FormField
  let entry: FormEntry

  var body: some View {
    ForEach(entry.fields) { sub in
      VStack(alignment: .leading) {
        ControlView(model: model, field: sub, pick: { model.pickTapped(field, entry: entry.id, sub: sub) }) {
          model.enter(field.id, entry: entry.id, sub.id, $0)
        }
        if let problem = sub.problem { Text(problem).font(.footnote).foregroundStyle(.red) }
      }
    }
    Button(.formRemoveEntry(field.label), systemImage: "minus.circle") { model.removeEntryTapped(field, entry) }
      .frame(minHeight: touchTarget)
      .accessibilityLabel(.formRemoveEntry("\(field.label) \(entry.words)"))
  }
}
