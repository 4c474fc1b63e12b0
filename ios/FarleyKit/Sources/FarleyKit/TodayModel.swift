import FarleyBindings
import Observation

/// What a person looks at first: what is late, what is due, whom to visit, and what was left half written.
@MainActor @Observable public final class TodayModel {
  public struct Draft: Identifiable, Hashable, Sendable {
    public let id: String
    public let title: String
    public let when: String
    let route: Route
  }

  public private(set) var overdue: [ListRow] = []
  public private(set) var due: [ListRow] = []
  public private(set) var visits: [ListRow] = []
  public private(set) var drafts: [Draft] = []
  public private(set) var loaded = false
  public private(set) var message: UserMessage?

  @ObservationIgnored public let session: Session

  public init(_ session: Session) { self.session = session }

  public var isEmpty: Bool { loaded && overdue.isEmpty && due.isEmpty && visits.isEmpty && drafts.isEmpty }

  /// Query again when this changes: records did, or midnight passed.
  public var trigger: String { "\(session.pulse) \(session.today)" }

  public func load() async {
    do {
      let rows = try await session.workspace.today(day: session.today)
      overdue = rows.overdue.map(session.row)
      due = rows.due.map(session.row)
      visits = rows.visits.map(session.row)
      drafts = try await session.workspace.drafts().compactMap(draft)
      message = nil
    } catch {
      message = UserMessage(error)
    }
    loaded = true
  }

  private func draft(_ data: DraftData) -> Draft? {
    guard let route = Self.route(ofDraft: data.name) else { return nil }
    let kind = data.edit.kind ?? Self.kind(of: route)
    let words = data.edit.set.lazy.compactMap { data.edit.text($0.field) }.first { !$0.isEmpty }
    return Draft(
      id: data.name, title: [session.schema.one(kind), words].compactMap(\.self).joined(separator: ": "),
      when: session.formats.ago(data.savedAt, now: session.now), route: route)
  }

  /// `edit:contact:<id>`, `new:task:<about>`, `note:<id>`, `new-note:<about>`, `visit:<id>`.
  static func route(ofDraft name: String) -> Route? {
    let parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let about = parts.last.flatMap { $0.isEmpty ? nil : $0 }
    switch (parts[0], parts.count) {
    case ("edit", 3): return .edit(kind: parts[1], id: parts[2])
    case ("new", 3): return .create(kind: parts[1], about: about)
    case ("note", 2): return .note(id: parts[1])
    case ("new-note", 2): return .newNote(about: about)
    case ("visit", 2): return .visit(id: parts[1])
    default: return nil
    }
  }

  private static func kind(of route: Route) -> String {
    switch route {
    case .edit(let kind, _), .create(let kind, _), .record(let kind, _): kind
    case .visit, .newVisit: "visit"
    default: "note"
    }
  }

  // MARK: What a person does

  public func rowTapped(_ row: ListRow) { session.routes.open(.screen(kind: row.kind, id: row.id)) }
  public func draftTapped(_ draft: Draft) { session.routes.open(draft.route) }
  public func planVisitTapped() { session.routes.open(.newVisit(about: nil)) }
  public func newTaskTapped() { session.routes.open(.create(kind: "task", about: nil)) }

  public func doneTapped(_ row: ListRow) async { await TaskDeeds(session).done(row) }
  public func tomorrowTapped(_ row: ListRow) async { await TaskDeeds(session).move(row, days: 1) }
  public func nextWeekTapped(_ row: ListRow) async { await TaskDeeds(session).move(row, days: 7) }
}

/// What is done to a task from any list.
@MainActor struct TaskDeeds {
  private let session: Session

  init(_ session: Session) { self.session = session }

  func done(_ row: ListRow) async {
    await apply(row, ("status", .text(text: "done")), .todayTicked(row.title))
  }

  func reopen(_ row: ListRow) async {
    await apply(row, ("status", .text(text: "open")), .commonSaved)
  }

  func move(_ row: ListRow, days: Int) async {
    let day = session.formats.day(daysFrom: days, session.now)
    let words = session.formats.day(day, now: session.now)
    await apply(row, ("due", .text(text: day)), .todayMoved(what: row.title, time: words))
  }

  private func apply(_ row: ListRow, _ value: (String, FieldValue), _ said: Phrase) async {
    do {
      _ = try await session.workspace.apply(edit: .change(row.id, set: [value]))
      session.tell(said, undoing: row.id)
    } catch {
      session.fail(error)
    }
  }
}
