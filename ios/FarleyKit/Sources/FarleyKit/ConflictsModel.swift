import FarleyBindings
import Observation

/// Fields with two versions: both side by side, one tap to choose, one to take it back.
@MainActor @Observable public final class ConflictsModel {
  public struct Version: Identifiable, Hashable, Sendable {
    /// The change.
    public let id: String
    public let text: String
    public let byline: String
    public let shown: Bool
  }
  public struct Conflict: Identifiable, Hashable, Sendable {
    public let id: String
    public let record: String
    public let kind: String
    public let title: String
    public let field: String
    let key: String
    public let versions: [Version]
  }

  public private(set) var conflicts: [Conflict] = []
  public private(set) var loaded = false
  public private(set) var message: UserMessage?

  @ObservationIgnored public let session: Session

  public init(_ session: Session) { self.session = session }

  public var trigger: Int { session.pulse }
  public var isEmpty: Bool { loaded && conflicts.isEmpty && message == nil }

  public func load() async {
    do {
      conflicts = try await session.workspace.conflicts(limit: 100).map(conflict)
      message = nil
    } catch {
      message = UserMessage(error)
    }
    loaded = true
  }

  private func conflict(_ data: ConflictData) -> Conflict {
    let parts = data.key.split(separator: "/").map(String.init)
    let whole = session.schema.field(data.kind, data.field)
    let info = parts.count == 3 ? whole?.sub.first { $0.name == parts[2] } ?? whole : whole
    let versions = data.versions.map { version in
      let text = session.schema.shown(version.value, info, session.formats, now: session.now)
      let typed = session.formats.moment(version.typedAt, now: session.now)
      return Version(
        id: version.change, text: text.isEmpty ? session.say(.conflictRemoved) : text,
        byline: session.say(.conflictBy(who: session.name(version.author), time: typed)), shown: version.shown)
    }
    return Conflict(
      id: "\(data.id) \(data.key)", record: data.id, kind: data.kind,
      title: data.title.isEmpty ? session.say(.commonUntitled) : data.title,
      field: session.schema.label(data.kind, key: data.key), key: data.key, versions: versions)
  }

  // MARK: What a person does

  public func takeTapped(_ version: Version, of conflict: Conflict) async {
    do {
      _ = try await session.workspace.settle(id: conflict.record, key: conflict.key, change: version.id)
      session.tell(.conflictSettled, undoing: conflict.record)
    } catch {
      session.fail(error)
    }
    await load()
  }

  public func openTapped(_ conflict: Conflict) {
    session.routes.push(.screen(kind: conflict.kind, id: conflict.record))
  }
}
