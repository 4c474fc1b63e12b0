import FarleyBindings
import Foundation
import Observation

/// A short word after something happened, with the way back.
public struct Notice: Identifiable, Sendable {
  public let id: Int
  public let text: Phrase
  public let undo: (@MainActor @Sendable () async -> Void)?
}

/// The opened workspace and what all screens share. Models query; the session tells them when to query again.
@MainActor @Observable public final class Session {
  public let workspace: Workspace
  public let routes: Routes
  public let formats: Formats
  public let platform: Platform
  public private(set) var schema: SchemaBook
  /// Grows whenever records changed; screens query again when it does.
  public private(set) var pulse = 0
  public private(set) var status: StatusData?
  public private(set) var conflictCount = 0
  public private(set) var notice: Notice?
  /// A call that was started from a record and is not logged yet.
  public internal(set) var call: CallModel?
  /// A file that was shared into the app and waits for a decision.
  public internal(set) var importing: ImportModel?

  @ObservationIgnored private var following: Task<Void, Never>?
  @ObservationIgnored private var notices = 0

  public init(_ workspace: Workspace, routes: Routes, formats: Formats, platform: Platform) throws {
    self.workspace = workspace
    self.routes = routes
    self.formats = formats
    self.platform = platform
    schema = SchemaBook(try workspace.schema(), formats.language)
    status = try workspace.status()
  }

  /// UTC milliseconds.
  public var now: Int64 { platform.clock() }

  /// The person's own day, `2026-11-23`.
  public var today: String { formats.day(of: now) }

  public func say(_ phrase: Phrase) -> String { formats.say(phrase) }

  /// Follows the core until `end`.
  public func begin() throws {
    let happenings = try workspace.happenings()
    following = Task { [weak self] in
      for await happening in happenings {
        guard let self else { return }
        await self.handle(happening)
      }
    }
    platform.connectivity.follow { [weak self] name in try? self?.workspace.networkChanged(name: name) }
    try workspace.startSync()
  }

  public func end() {
    following?.cancel()
    following = nil
  }

  private func handle(_ happening: Happening) async {
    switch happening {
    case .status(let status): self.status = status
    case .changed(let notice): await changed(notice)
    }
  }

  func changed(_ notice: ChangeNotice) async {
    // A field the office added, a list it renamed.
    if notice.much || notice.kinds.contains("setting"), let data = try? workspace.schema() {
      schema = SchemaBook(data, formats.language)
    }
    conflictCount = Int((try? await workspace.conflictCount()) ?? 0)
    pulse += 1
  }

  // MARK: What happened

  func tell(_ text: Phrase, undo: (@MainActor @Sendable () async -> Void)? = nil) {
    notices += 1
    notice = Notice(id: notices, text: text, undo: undo)
    platform.haptics.done()
  }

  /// After an edit of this record: says so and offers to take it back.
  func tell(_ text: Phrase, undoing id: String) {
    tell(text) { [weak self] in await self?.undo(id) }
  }

  func undo(_ id: String) async {
    do {
      _ = try await workspace.undo(id: id)
      tell(.commonUndone)
    } catch {
      fail(error)
    }
  }

  func fail(_ error: any Error) {
    guard let message = UserMessage(error) else { return }
    notices += 1
    notice = Notice(id: notices, text: message.text, undo: nil)
    platform.haptics.failed()
  }

  public func dismissNotice(_ id: Int) {
    if notice?.id == id { notice = nil }
  }

  /// Another app hands over a card or a table: nothing is written before the person says so.
  public func opened(file: URL) { importing = ImportModel(self, file: file) }

  // MARK: Words for rows and people

  public func row(_ row: RecordRow) -> ListRow { ListRow(row, self) }

  /// `Anna Brandt, Pixel 9`; somebody unknown is said to be so.
  public func name(_ author: AuthorName) -> String {
    let parts = [author.person, author.device].compactMap(\.self).filter { !$0.isEmpty }
    return parts.isEmpty ? say(.recordSomeone) : parts.joined(separator: ", ")
  }
}

/// One row of any list, ready to be drawn.
public struct ListRow: Identifiable, Hashable, Sendable {
  public let id: String
  public let kind: String
  public let title: String
  /// What a person wants to see below the title, most telling first; at most two.
  public let lines: [String]
  public let waiting: Bool
  public let conflicts: Int
  public let fresh: Bool
  public let removed: Bool

  @MainActor init(_ row: RecordRow, _ session: Session) {
    id = row.id
    kind = row.kind
    title = row.title.isEmpty ? session.say(.commonUntitled) : row.title
    waiting = row.transfer == .waiting
    conflicts = Int(row.conflicts)
    fresh = row.fresh
    removed = row.removed
    let info = session.schema.kind(row.kind)
    let inTitle = Set(info?.title.first ?? [])
    let cells = (info?.columns ?? []).filter { !inTitle.contains($0) }.compactMap { name -> String? in
      guard let text = row.cells[name], let field = session.schema.field(row.kind, name) else { return nil }
      let shown = session.schema.shown(cell: text, field, session.formats, now: session.now)
      return shown.isEmpty || shown == row.title ? nil : shown
    }
    lines = Array(cells.prefix(2))
  }
}
