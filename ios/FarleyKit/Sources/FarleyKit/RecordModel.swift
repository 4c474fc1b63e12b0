import FarleyBindings
import Foundation
import Observation

/// A record's page: what is known, how to reach them, what happened, who changed it.
@MainActor @Observable public final class RecordModel {
  public struct Fact: Identifiable, Hashable, Sendable {
    /// The field.
    public let id: String
    public let label: String
    public let text: String
    /// It has two versions.
    public let hasVersions: Bool
    public let problem: Phrase?
  }
  public struct Facts: Identifiable, Hashable, Sendable {
    public let id: String
    public let title: String
    public let facts: [Fact]
  }
  public struct Reach: Identifiable, Hashable, Sendable {
    public enum Way: Hashable, Sendable { case call, message, mail, map, web }
    public let id: String
    public let way: Way
    public let title: Phrase
    /// A number, an address, a place.
    public let target: String
  }
  public struct Event: Identifiable, Hashable, Sendable {
    public let id: String
    public let row: ListRow
    public let kind: String
    public let text: String
    public let byline: String
  }
  public struct Step: Identifiable, Hashable, Sendable {
    public let id: String
    public let value: String
    public let byline: String
  }

  public let kind: String
  public let id: String
  public private(set) var title = ""
  public private(set) var byline = ""
  public private(set) var transfer = Phrase.transferWaiting
  public private(set) var isWaiting = false
  public private(set) var removed = false
  public private(set) var conflicts = 0
  public private(set) var sections: [Facts] = []
  public private(set) var reaches: [Reach] = []
  public private(set) var timeline: [Event] = []
  public private(set) var loaded = false
  public private(set) var message: UserMessage?
  public var showsEmpty = false
  /// Earlier values of one field, while they are looked at.
  public var history: History?

  public struct History: Identifiable, Sendable {
    public let id: String
    public let title: Phrase
    public let steps: [Step]
  }

  @ObservationIgnored public let session: Session

  public init(_ session: Session, kind: String, id: String) {
    self.session = session
    self.kind = kind
    self.id = id
  }

  public var trigger: String { "\(session.pulse) \(showsEmpty)" }

  public func load() async {
    do {
      let record = try await session.workspace.record(id: id)
      let related = try await session.workspace.related(id: id, limit: 100)
      show(record)
      timeline = related.map(event)
      message = nil
    } catch {
      message = UserMessage(error)
    }
    loaded = true
  }

  private func show(_ record: RecordData) {
    title = record.title.isEmpty ? session.say(.commonUntitled) : record.title
    removed = record.removed
    conflicts = record.conflicts.count
    isWaiting = record.transfer == .waiting
    byline = session.say(
      .recordChangedBy(
        time: session.formats.ago(record.changedAt, now: session.now), who: session.name(record.changedBy)))
    let arrived = record.fields.flatMap(\.origins).compactMap(\.arrivedAt).max()
    transfer =
      isWaiting
      ? .transferWaiting
      : arrived.map { .transferAtOfficeSince(session.formats.moment($0, now: session.now)) } ?? .transferAtOffice
    sections = facts(of: record)
    reaches = Self.reaches(of: record, session)
  }

  private func facts(of record: RecordData) -> [Facts] {
    let values = Dictionary(record.fields.map { ($0.field, $0.value) }, uniquingKeysWith: { first, _ in first })
    let problems = Dictionary(record.problems.map { ($0.field, $0.code) }, uniquingKeysWith: { first, _ in first })
    var sections: [(name: String, facts: [Fact])] = []
    for field in session.schema.kind(record.kind)?.fields ?? [] where !Self.internalFields.contains(field.name) {
      let text = values[field.name].map { session.schema.shown($0, field, session.formats, now: session.now) } ?? ""
      let problem = problems[field.name]
      let silent = text.isEmpty && (problem == nil || problem == "missing_hint") && !showsEmpty
      if silent || (text.isEmpty && field.readOnly) { continue }
      let fact = Fact(
        id: field.name, label: session.schema.label(field), text: text.isEmpty ? session.say(.commonNone) : text,
        hasVersions: record.conflicts.contains { $0.field == field.name }, problem: problem.flatMap(Self.words))
      if let at = sections.firstIndex(where: { $0.name == field.section }) {
        sections[at].facts.append(fact)
      } else {
        sections.append((field.section, [fact]))
      }
    }
    return sections.map { Facts(id: $0.name, title: session.schema.section($0.name), facts: $0.facts) }
  }

  /// Shown elsewhere on the page, or of no use to a person.
  private static let internalFields: Set<String> = ["removed", "import", "merges", "not_same", "display_name"]

  private nonisolated static func words(_ problem: String) -> Phrase? {
    switch problem {
    case "missing_hint": .recordProblemMissing
    case "ill_typed": .recordProblemIllTyped
    case "too_long": .recordProblemTooLong
    default: nil
    }
  }

  private func event(_ related: RelatedRow) -> Event {
    let row = session.row(related.row)
    let text = related.text ?? row.lines.joined(separator: " · ")
    let when = session.formats.moment(related.at, now: session.now)
    return Event(
      id: "\(related.field) \(row.id)", row: row, kind: session.schema.one(row.kind), text: text,
      byline: "\(when) · \(session.name(related.author))")
  }

  // MARK: What a person does

  public func reachTapped(_ reach: Reach) {
    guard let url = reach.url, session.platform.opener.open(url) else {
      return session.tell(.errorNoApp)
    }
    if reach.way == .call {
      session.call = CallModel(session, about: id, who: title)
      Task { await session.call?.remember() }
    }
  }

  public func editTapped() { session.routes.push(.edit(kind: kind, id: id)) }
  public func newNoteTapped() { session.routes.push(.newNote(about: id)) }
  public func newVisitTapped() { session.routes.push(.newVisit(about: id)) }
  public func newTaskTapped() { session.routes.push(.create(kind: "task", about: id)) }
  public func versionsTapped() { session.routes.push(.place(.conflicts)) }
  public func eventTapped(_ event: Event) {
    session.routes.push(.screen(kind: event.row.kind, id: event.row.id))
  }

  public func trashTapped() async {
    do {
      _ = try await session.workspace.setRemoved(id: id, removed: !removed)
      if removed {
        session.tell(.recordRestored(title))
      } else {
        session.routes.back()
        session.tell(.recordTrashed(title), undoing: id)
      }
    } catch {
      session.fail(error)
    }
  }

  public func factTapped(_ fact: Fact) async {
    if fact.hasVersions { return versionsTapped() }
    do {
      let steps = try await session.workspace.history(id: id, field: fact.id)
      history = History(id: fact.id, title: .recordWhoChanged(fact.label), steps: steps.flatMap { self.lines(of: $0) })
    } catch {
      session.fail(error)
    }
  }

  private func lines(of step: HistoryStep) -> [Step] {
    let arrived =
      step.arrivedAt.map { session.say(.recordArrived(session.formats.moment($0, now: session.now))) }
      ?? session.say(.transferWaiting)
    let typed = session.say(.recordTyped(session.formats.moment(step.typedAt, now: session.now)))
    return step.fields.map { field in
      let name = field.key.split(separator: "/").last.map(String.init) ?? field.key
      let whole = session.schema.field(kind, field.field)
      let info = whole?.sub.first { $0.name == name } ?? whole
      let value = session.schema.shown(field.new, info, session.formats, now: session.now)
      return Step(
        id: "\(step.change) \(field.key)", value: value.isEmpty ? session.say(.recordEmptied) : value,
        byline: "\(session.name(step.author)) · \(typed) · \(arrived)")
    }
  }

  /// A file to share: the contact as a card.
  public func card() async -> URL? {
    let file = FileManager.default.temporaryDirectory.appending(path: "farley-\(id).vcf")
    do {
      try await session.workspace.exportRecords(ids: [id], path: file.path())
      return file
    } catch {
      session.fail(error)
      return nil
    }
  }
}

// MARK: Ways to reach somebody

extension RecordModel {
  private static func reaches(of record: RecordData, _ session: Session) -> [Reach] {
    record.fields.flatMap { data -> [Reach] in
      guard let field = session.schema.field(record.kind, data.field) else { return [] }
      switch data.value {
      case .entries(let entries):
        return entries.flatMap { entry in
          entry.values.flatMap { value -> [Reach] in
            guard let sub = field.sub.first(where: { $0.name == value.field }) else { return [] }
            return ways(sub, value.value, "\(data.field)/\(entry.id)/\(value.field)", session)
          }
        }
      default: return ways(field, data.value, data.field, session)
      }
    }
  }

  private static func ways(_ field: FieldInfo, _ value: FieldValue, _ key: String, _ session: Session) -> [Reach] {
    let text = session.schema.shown(value, field, session.formats, now: session.now)
    if text.isEmpty { return [] }
    switch field.fieldType {
    case .phone:
      return [
        Reach(id: key, way: .call, title: .recordCallNumber(text), target: text),
        Reach(id: "\(key) message", way: .message, title: .recordMessageTo(text), target: text),
      ]
    case .email: return [Reach(id: key, way: .mail, title: .recordMailTo(text), target: text)]
    case .address: return [Reach(id: key, way: .map, title: .recordMapOf(text), target: text)]
    case .url: return [Reach(id: key, way: .web, title: .recordWebOf(text), target: text)]
    default: return []
    }
  }
}

extension RecordModel.Reach {
  /// Nil if no address can be made of it: the button then says so instead of doing nothing.
  public var url: URL? {
    // Blanks and slashes of a written number are no part of it.
    let dialled = target.filter { $0.isASCII && $0.isNumber || $0 == "+" }
    let escaped = target.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    switch way {
    case .call: return dialled.isEmpty ? nil : URL(string: "tel:\(dialled)")
    case .message: return dialled.isEmpty ? nil : URL(string: "sms:\(dialled)")
    case .mail:
      return target.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed).flatMap {
        URL(string: "mailto:\($0)")
      }
    case .map: return URL(string: "https://maps.apple.com/?q=\(escaped)")
    case .web:
      let url = URL(string: target.contains("://") ? target : "https://\(target)")
      return url.flatMap { ["http", "https"].contains($0.scheme) ? $0 : nil }
    }
  }
}
