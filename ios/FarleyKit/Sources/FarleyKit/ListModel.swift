import FarleyBindings
import Observation

/// All records of a kind, by pages, searched while typing. Also the search over everything and the trash.
@MainActor @Observable public final class ListModel {
  public enum Order: String, Hashable, Sendable, CaseIterable {
    case name, changed
  }

  /// Rows fetched at a time.
  static let page: UInt32 = 50

  /// Nil: everything that people make.
  public let kind: String?
  public let trash: Bool
  public var search = ""
  public var order: Order = .name
  public private(set) var rows: [ListRow] = []
  public private(set) var total: Int?
  public private(set) var hasMore = false
  public private(set) var loaded = false
  public private(set) var message: UserMessage?

  @ObservationIgnored public let session: Session
  @ObservationIgnored private var cursor: String?
  @ObservationIgnored private var generation = 0

  public init(_ session: Session, kind: String?, trash: Bool = false) {
    self.session = session
    self.kind = kind
    self.trash = trash
    if kind == "visit" || kind == "note" { order = .changed }
  }

  public var trigger: String { "\(search)\u{1}\(order.rawValue)\u{1}\(session.pulse)" }
  public var title: String { kind.map(session.schema.many) ?? session.say(.searchTitle) }
  public var isEmpty: Bool { loaded && rows.isEmpty && message == nil }
  public var freshCount: Int { rows.count { $0.fresh } }
  /// Before anything is typed the search over everything shows nothing.
  public var waitsForWords: Bool { kind == nil && search.allSatisfy(\.isWhitespace) }

  private var query: RowQuery {
    let sort = order == .changed ? [SortKey(field: "changed", descending: true)] : []
    return RowQuery(
      kind: kind, search: search, conditions: [], sort: search.isEmpty ? sort : [], removed: trash, columns: [],
      list: kind)
  }

  /// As many rows as were shown, queried anew; an answer that comes after a newer question is dropped.
  public func load() async {
    generation += 1
    let mine = generation
    if waitsForWords {
      (rows, total, hasMore, loaded, message, cursor) = ([], nil, false, true, nil, nil)
      return
    }
    do {
      let wanted = max(Self.page, min(UInt32(rows.count), 200))
      let page = try await session.workspace.page(query: query, cursor: nil, limit: wanted)
      guard mine == generation else { return }
      show(page, after: [])
      let count = try await session.workspace.count(query: query)
      guard mine == generation else { return }
      total = Int(count)
    } catch {
      guard mine == generation else { return }
      message = UserMessage(error)
    }
    loaded = true
  }

  public func showMore() async {
    guard let cursor else { return }
    let mine = generation
    do {
      let page = try await session.workspace.page(query: query, cursor: cursor, limit: Self.page)
      guard mine == generation else { return }
      show(page, after: rows)
    } catch {
      message = UserMessage(error)
    }
  }

  private func show(_ page: RowPage, after: [ListRow]) {
    let known = Set(after.map(\.id))
    rows = after + page.rows.filter { !known.contains($0.id) }.map(session.row)
    cursor = page.next
    hasMore = page.next != nil
    message = nil
  }

  // MARK: What a person does

  public func rowTapped(_ row: ListRow) { session.routes.open(.screen(kind: row.kind, id: row.id)) }

  public func createTapped() {
    switch kind {
    case "note": session.routes.open(.newNote(about: nil))
    case "visit": session.routes.open(.newVisit(about: nil))
    case let kind?: session.routes.open(.create(kind: kind, about: nil))
    case nil: break
    }
  }

  public func trashTapped() {
    if let kind { session.routes.open(.trash(kind: kind)) }
  }

  public func allSeenTapped() async {
    guard let kind else { return }
    do {
      try await session.workspace.markSeen(list: kind)
      await load()
    } catch {
      session.fail(error)
    }
  }

  public func restoreTapped(_ row: ListRow) async {
    do {
      _ = try await session.workspace.setRemoved(id: row.id, removed: false)
      session.tell(.recordRestored(row.title))
    } catch {
      session.fail(error)
    }
  }
}
