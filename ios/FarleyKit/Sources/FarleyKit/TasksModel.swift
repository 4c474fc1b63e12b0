import FarleyBindings
import Observation

/// Open tasks, the most urgent first, and those that are done.
@MainActor @Observable public final class TasksModel {
  public enum Filter: String, Hashable, Sendable, CaseIterable {
    case open, done
  }

  public var filter: Filter = .open
  /// A new task in one line.
  public var subject = ""
  public private(set) var rows: [ListRow] = []
  public private(set) var overdue: Set<String> = []
  public private(set) var loaded = false
  public private(set) var message: UserMessage?

  @ObservationIgnored public let session: Session
  @ObservationIgnored private var generation = 0

  public init(_ session: Session) { self.session = session }

  public var trigger: String { "\(filter.rawValue) \(session.pulse) \(session.today)" }
  public var isEmpty: Bool { loaded && rows.isEmpty && message == nil }
  public var canAdd: Bool { !subject.allSatisfy(\.isWhitespace) }

  public func load() async {
    generation += 1
    let mine = generation
    let done =
      filter == .done
      ? Condition(field: "status", op: .equals, values: ["done"])
      : Condition(field: "status", op: .differs, values: ["done", "cancelled"])
    let sort =
      filter == .done
      ? SortKey(field: "changed", descending: true) : SortKey(field: "due", descending: false)
    let query = RowQuery(
      kind: "task", search: nil, conditions: [done], sort: [sort], removed: false,
      columns: ["due", "about", "priority", "status"], list: "task")
    do {
      let page = try await session.workspace.page(query: query, cursor: nil, limit: 200)
      guard mine == generation else { return }
      rows = page.rows.map(session.row)
      let late = page.rows.filter { (session.formats.daysOverdue($0.cells["due"] ?? "", now: session.now) ?? 0) > 0 }
      overdue = Set(late.map(\.id))
      message = nil
    } catch {
      guard mine == generation else { return }
      message = UserMessage(error)
    }
    loaded = true
  }

  // MARK: What a person does

  public func rowTapped(_ row: ListRow) { session.routes.open(.record(kind: "task", id: row.id)) }
  public func createTapped() { session.routes.open(.create(kind: "task", about: nil)) }

  public func doneTapped(_ row: ListRow) async {
    if filter == .done { await TaskDeeds(session).reopen(row) } else { await TaskDeeds(session).done(row) }
    await load()
  }

  public func tomorrowTapped(_ row: ListRow) async {
    await TaskDeeds(session).move(row, days: 1)
    await load()
  }

  /// Due today: what is written in a hurry is meant soon.
  public func addTapped() async {
    guard canAdd else { return }
    do {
      let made = try await session.workspace.apply(
        edit: .create(
          "task",
          [
            ("summary", .text(text: subject)), ("status", .text(text: "open")), ("due", .text(text: session.today)),
          ]))
      subject = ""
      session.tell(.commonSaved, undoing: made.id)
      await load()
    } catch {
      session.fail(error)
    }
  }
}
