import FarleyBindings
import Foundation
import Observation

/// A form made from the schema: custom fields included, nothing required, every letter kept while typing.
@MainActor @Observable public final class FormModel {
  public struct Part: Identifiable, Hashable, Sendable {
    public let id: String
    public let title: String
    public var fields: [FormField]
  }

  public let kind: String
  /// Nil while the record does not exist.
  public let id: String?
  public let about: String?
  public private(set) var parts: [Part] = []
  public private(set) var loaded = false
  public private(set) var busy = false
  public private(set) var dirty = false
  public private(set) var draftFrom: Phrase?
  /// Somebody else changed the record while the form is open.
  public private(set) var changedMeanwhile = false
  public private(set) var message: UserMessage?
  public var showsAll = false
  /// The field for which a record is being searched.
  public var picking: LinkPick?

  @ObservationIgnored public let session: Session
  @ObservationIgnored private let drafts: DraftKeeper
  @ObservationIgnored private var heads: [String] = []
  @ObservationIgnored private var newId: String?
  /// Problems are not shown for the field a person is typing in.
  @ObservationIgnored private var typing: String?

  public init(_ session: Session, kind: String, id: String?, about: String? = nil) {
    self.session = session
    self.kind = kind
    self.id = id
    self.about = about
    drafts = DraftKeeper(session.workspace, id.map { "edit:\(kind):\($0)" } ?? "new:\(kind):\(about ?? "")")
  }

  public var title: Phrase {
    id == nil ? .formCreate(session.schema.one(kind)) : .formEdit(session.schema.one(kind))
  }
  public var canSave: Bool { dirty && !busy }
  public var trigger: Int { session.pulse }

  public func load() async {
    if loaded { return await look() }
    do {
      var values: [String: FieldValue] = [:]
      if let id {
        let record = try await session.workspace.record(id: id)
        heads = record.heads
        for field in record.fields { values[field.field] = field.value }
      } else {
        newId = try session.workspace.newId()
        values = try await beginnings()
      }
      build(values)
      if let draft = await drafts.read() { take(draft) }
      loaded = true
      message = nil
    } catch {
      message = UserMessage(error)
    }
  }

  /// Something changed elsewhere: the form keeps what was typed and says that both will be merged.
  private func look() async {
    guard let id, let record = try? await session.workspace.record(id: id), record.heads != heads else { return }
    if dirty {
      changedMeanwhile = true
      return
    }
    heads = record.heads
    build(Dictionary(record.fields.map { ($0.field, $0.value) }, uniquingKeysWith: { first, _ in first }))
  }

  /// What a new record begins with: what it is for, and what is true of all new ones.
  private func beginnings() async throws -> [String: FieldValue] {
    var values: [String: FieldValue] = [:]
    if kind == "task" { values["status"] = .text(text: "open") }
    guard let about, let row = try await session.workspace.rows(ids: [about]).first else { return values }
    let link = LinkTo(id: about, title: row.title)
    let fields = session.schema.kind(kind)?.fields ?? []
    let fits = fields.first { $0.to.contains(row.kind) && [.link, .links].contains($0.fieldType) && !$0.readOnly }
    if let field = fits ?? fields.first(where: { $0.name == "about" }) {
      values[field.name] = field.fieldType == .link ? .link(to: link) : .links(links: [link])
    }
    return values
  }

  private static let hidden: Set<String> = ["removed", "import", "merges", "not_same", "position", "cancelled"]

  private func build(_ values: [String: FieldValue]) {
    var parts: [Part] = []
    for info in session.schema.kind(kind)?.fields ?? [] where !Self.hidden.contains(info.name) {
      if info.readOnly || [.events, .blob].contains(info.fieldType) { continue }
      // Of a new record nothing is stored yet: what it begins with must be saved as well.
      let stored = id == nil ? nil : values[info.name]
      var field = FormField(info, stored, session)
      if id == nil, let begun = values[info.name] { field.input = FormField(info, begun, session).input }
      if let at = parts.firstIndex(where: { $0.id == info.section }) {
        parts[at].fields.append(field)
      } else {
        parts.append(Part(id: info.section, title: session.schema.section(info.section), fields: [field]))
      }
    }
    self.parts = parts
  }

  /// A short form: what matters, what is filled, what the office added. Everything on demand.
  public func shown(_ part: Part) -> [FormField] {
    if showsAll { return part.fields }
    let titles = Set(session.schema.kind(kind)?.title.first ?? [])
    return part.fields.filter {
      $0.info.hint || $0.info.custom || titles.contains($0.id) || $0.isChanged || Self.isFilled($0.input)
    }
  }

  private static func isFilled(_ input: FormField.Input) -> Bool {
    switch input {
    case .text(let text), .choice(let text), .shown(let text): !text.isEmpty
    case .yes(let yes): yes
    case .keys(let keys): !keys.isEmpty
    case .links(let links): !links.isEmpty
    case .address(let address): address != AddressInput()
    case .period(let start, _): !start.isEmpty
    case .entries(let entries): !entries.isEmpty
    }
  }

  // MARK: Typing

  public func input(_ field: String) -> FormField.Input? {
    parts.lazy.flatMap(\.fields).first { $0.id == field }?.input
  }

  public func enter(_ field: String, _ input: FormField.Input) {
    change(field) { $0.input = input }
  }

  public func enter(_ field: String, entry: String, _ sub: String, _ input: FormField.Input) {
    change(field) { field in
      guard case .entries(var entries) = field.input, let at = entries.firstIndex(where: { $0.id == entry }),
        let sub = entries[at].fields.firstIndex(where: { $0.id == sub })
      else { return }
      entries[at].fields[sub].input = input
      entries[at].fields[sub].problem = entries[at].fields[sub].check()
      field.input = .entries(entries)
    }
  }

  public func addEntryTapped(_ field: FormField) {
    guard case .entries(let entries) = field.input else { return }
    enter(field.id, .entries(entries + [FormEntry(new: field.info, session)]))
  }

  public func removeEntryTapped(_ field: FormField, _ entry: FormEntry) {
    guard case .entries(let entries) = field.input else { return }
    enter(field.id, .entries(entries.filter { $0.id != entry.id }))
  }

  private func change(_ id: String, _ change: (inout FormField) -> Void) {
    for part in parts.indices {
      for at in parts[part].fields.indices {
        if parts[part].fields[at].id == id {
          change(&parts[part].fields[at])
          parts[part].fields[at].problem = nil
        } else if parts[part].fields[at].id == typing {
          parts[part].fields[at].problem = parts[part].fields[at].check()
        }
      }
    }
    typing = id
    dirty = true
    drafts.keep(edit)
  }

  // MARK: Links

  public func pickTapped(_ field: FormField, entry: String? = nil, sub: FormField? = nil) {
    picking = LinkPick(session, field: field.id, entry: entry, sub: sub?.id, info: sub?.info ?? field.info)
  }

  public func picked(_ row: ListRow) {
    guard let pick = picking else { return }
    let link = LinkTo(id: row.id, title: row.title)
    if let entry = pick.entry, let sub = pick.sub {
      enter(pick.field, entry: entry, sub, .links([link]))
    } else if case .links(let links) = input(pick.field) {
      let others = pick.info.fieldType == .links ? links.filter { $0.id != link.id } : []
      enter(pick.field, .links(others + [link]))
    }
    picking = nil
  }

  // MARK: Drafts

  /// What the form would save.
  var edit: EditData {
    var (set, add, remove): ([NamedValue], [NamedValue], [Removal]) = ([], [], [])
    for field in parts.flatMap(\.fields) { field.write(&set, &add, &remove) }
    return EditData(id: id ?? newId, kind: id == nil ? kind : nil, base: heads, set: set, add: add, remove: remove)
  }

  /// What a process that ended left half written.
  private func take(_ draft: DraftData) {
    if !draft.edit.base.isEmpty { heads = draft.edit.base }
    if let kept = draft.edit.id, id == nil { newId = kept }
    for part in parts.indices {
      for at in parts[part].fields.indices { parts[part].fields[at].restore(draft.edit, session) }
    }
    dirty = true
    draftFrom = .formDraftFrom(session.formats.moment(draft.savedAt, now: session.now))
  }

  public func discardTapped() async {
    await drafts.discard()
    session.tell(.formDiscarded)
    session.routes.back()
  }

  /// The app leaves the front: everything typed is on the disk when this returns.
  public func flush() async { await drafts.flush() }

  // MARK: Saving

  public func saveTapped() async {
    guard canSave else { return }
    (busy, message) = (true, nil)
    defer { busy = false }
    do {
      let made = try await session.workspace.apply(edit: edit)
      await drafts.discard()
      dirty = false
      session.tell(.commonSaved, undoing: made.id)
      if id == nil {
        session.routes.replace(with: .screen(kind: kind, id: made.id))
      } else {
        session.routes.back()
      }
    } catch {
      refused(error)
    }
  }

  /// The form stays as it is; the field that was refused says why.
  private func refused(_ error: any Error) {
    message = UserMessage(error)
    session.platform.haptics.failed()
    guard let name = message?.field?.split(separator: "/").first.map(String.init) else { return }
    for part in parts.indices {
      for at in parts[part].fields.indices where parts[part].fields[at].id == name {
        parts[part].fields[at].problem = FormField.problem(parts[part].fields[at].info.fieldType)
      }
    }
  }
}

/// Searching the record that a field shall link to.
@MainActor @Observable public final class LinkPick: Identifiable {
  public let field: String
  public let entry: String?
  public let sub: String?
  public let info: FieldInfo
  public var search = ""
  public private(set) var rows: [ListRow] = []

  @ObservationIgnored private let session: Session
  @ObservationIgnored private var generation = 0

  init(_ session: Session, field: String, entry: String?, sub: String?, info: FieldInfo) {
    self.session = session
    self.field = field
    self.entry = entry
    self.sub = sub
    self.info = info
  }

  public var title: Phrase { .formPickLink(session.schema.label(info)) }

  public func load() async {
    generation += 1
    let mine = generation
    var found: [ListRow] = []
    // A field may lead to several kinds; the first few of each are enough to choose from.
    for kind in info.to.isEmpty ? [nil] : info.to.map(Optional.some) {
      let query = RowQuery(
        kind: kind, search: search, conditions: [], sort: [], removed: false, columns: [], list: nil)
      found += ((try? await session.workspace.page(query: query, cursor: nil, limit: 20))?.rows ?? []).map(session.row)
    }
    if mine == generation { rows = found }
  }
}

// MARK: A draft back into its fields

extension FormField {
  @MainActor mutating func restore(_ edit: EditData, _ session: Session) {
    if case .entries(let entries) = input {
      input = .entries(restored(entries, edit, session))
      return
    }
    if let value = edit.value(id) {
      // As typed, also where the core cannot read it yet.
      if case .typed(let text) = value { input = .text(text) } else { input = FormField(info, value, session).input }
    }
    let added = edit.add.filter { $0.field == id }
    let removed = Set(edit.remove.filter { $0.field == id }.map(\.member))
    if added.isEmpty && removed.isEmpty { return }
    // The draft says what differs from what is stored, not from what a new form begins with.
    switch before {
    case .keys(let keys): input = .keys(keys.subtracting(removed).union(added.flatMap { Self.keys($0.value) }))
    case .links(let links):
      let begun = if case .links(let links) = input { links } else { [LinkTo]() }
      let new = added.flatMap { Self.links($0.value) }.map { link in begun.first { $0.id == link.id } ?? link }
      input = .links(links.filter { !removed.contains($0.id) } + new)
    case .text(let text) where info.fieldType == .tags:
      let tags = members(.text(text)).subtracting(removed).union(added.flatMap { Self.keys($0.value) })
      input = .text(tags.sorted().joined(separator: ", "))
    default: break
    }
  }

  @MainActor private func restored(_ entries: [FormEntry], _ edit: EditData, _ session: Session) -> [FormEntry] {
    let gone = Set(edit.remove.filter { $0.field == id }.map(\.member))
    var entries = entries.filter { !gone.contains($0.id) }
    for value in edit.set {
      let parts = value.field.split(separator: "/").map(String.init)
      guard parts.count == 3, parts[0] == id else { continue }
      if !entries.contains(where: { $0.id == parts[1] }) {
        entries.append(FormEntry(id: parts[1], fields: info.sub.map { FormField($0, nil, session) }))
      }
      guard let at = entries.firstIndex(where: { $0.id == parts[1] }),
        let sub = entries[at].fields.firstIndex(where: { $0.id == parts[2] })
      else { continue }
      let field = entries[at].fields[sub]
      if case .typed(let text) = value.value {
        entries[at].fields[sub].input = .text(text)
      } else {
        entries[at].fields[sub].input = FormField(field.info, value.value, session).input
      }
    }
    return entries
  }

  private static func keys(_ value: FieldValue) -> [String] {
    if case .keys(let keys) = value { keys } else { [] }
  }
  private static func links(_ value: FieldValue) -> [LinkTo] {
    if case .links(let links) = value { links } else { [] }
  }
}
