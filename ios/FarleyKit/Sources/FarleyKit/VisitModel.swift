import FarleyBindings
import Foundation
import Observation

/// A visit from the door to the next step: start, report, outcome, next step, end. Everything is kept while typing.
@MainActor @Observable public final class VisitModel {
  public enum Stage: Hashable, Sendable { case planned, running, ended }

  public let id: String
  public private(set) var title = ""
  public private(set) var stage: Stage = .planned
  public private(set) var when = ""
  public private(set) var startedAt: Int64?
  public private(set) var endedAt: Int64?
  public var report = "" { didSet { if report != oldValue { typed() } } }
  public var outcome = "" { didSet { if outcome != oldValue { typed() } } }
  public var nextStep = "" { didSet { if nextStep != oldValue { typed() } } }
  /// `2026-11-30`; empty: no date.
  public var nextStepDay = "" { didSet { if nextStepDay != oldValue { typed() } } }
  public private(set) var place = ""
  public private(set) var isWaiting = false
  public private(set) var draftFrom: Phrase?
  public private(set) var dirty = false
  public private(set) var busy = false
  public private(set) var loaded = false
  public private(set) var message: UserMessage?

  @ObservationIgnored public let session: Session
  @ObservationIgnored private let drafts: DraftKeeper
  @ObservationIgnored private var heads: [String] = []
  @ObservationIgnored private var about: [LinkTo] = []
  @ObservationIgnored private var period: (start: String, end: String)?
  @ObservationIgnored private var quiet = false
  /// Of the task that the next step becomes: drawn once and kept in the draft, so that a process which ends between
  /// the task and the end of the visit makes it once.
  @ObservationIgnored private var nextStepId: String?

  public init(_ session: Session, id: String) {
    self.session = session
    self.id = id
    drafts = DraftKeeper(session.workspace, "visit:\(id)")
  }

  public var trigger: Int { session.pulse }
  public var outcomes: [(key: String, label: String)] {
    session.schema.choices(session.schema.field("visit", "outcome")?.list, used: outcome)
  }
  public var startedText: Phrase? { startedAt.map { .visitRunning(session.formats.moment($0, now: session.now)) } }
  public var lastedText: Phrase? {
    guard let startedAt, let endedAt, endedAt >= startedAt else { return nil }
    return .visitLasted(Int((endedAt - startedAt) / 60_000))
  }

  public func load() async {
    do {
      show(try await session.workspace.record(id: id))
      if !loaded { await restore() }
      message = nil
    } catch {
      message = UserMessage(error)
    }
    loaded = true
  }

  private func show(_ record: RecordData) {
    title = record.title.isEmpty ? session.schema.one("visit") : record.title
    isWaiting = record.transfer == .waiting
    var values: [String: FieldValue] = [:]
    for field in record.fields { values[field.field] = field.value }
    startedAt = Self.moment(values["check_in"], first: true)
    endedAt = Self.moment(values["check_out"], first: false)
    stage = startedAt == nil ? .planned : (endedAt ?? 0) >= (startedAt ?? 0) ? .ended : .running
    if case .period(let start, let end, _) = values["planned"] { period = (start, end) }
    when = session.schema.shown(
      values["planned"] ?? .empty, session.schema.field("visit", "planned"), session.formats, now: session.now)
    place = session.schema.shown(
      values["site"] ?? .empty, session.schema.field("visit", "site"), session.formats, now: session.now)
    about = Self.links(values["company"]) + Self.links(values["contacts"]) + Self.links(values["about"])
    if dirty { return }
    heads = record.heads
    quiet = true
    report = Self.text(values["report"])
    outcome = Self.text(values["outcome"])
    quiet = false
  }

  private static func text(_ value: FieldValue?) -> String {
    if case .text(let text) = value { text } else { "" }
  }

  private static func links(_ value: FieldValue?) -> [LinkTo] {
    switch value {
    case .link(let to): [to]
    case .links(let links): links
    default: []
    }
  }

  private static func moment(_ value: FieldValue?, first: Bool) -> Int64? {
    guard case .entries(let entries) = value else { return nil }
    let times = entries.flatMap(\.values).compactMap { value -> Int64? in
      if case .moment(let at, _) = value.value { at } else { nil }
    }
    return first ? times.min() : times.max()
  }

  private func restore() async {
    guard let draft = await drafts.read() else { return }
    quiet = true
    report = draft.edit.text("report") ?? report
    outcome = draft.edit.text("outcome") ?? outcome
    nextStep = draft.edit.text("next_step") ?? ""
    nextStepDay = draft.edit.text("next_step_day") ?? ""
    nextStepId = draft.edit.text("next_step_id").flatMap { $0.isEmpty ? nil : $0 }
    quiet = false
    if !draft.edit.base.isEmpty { heads = draft.edit.base }
    dirty = true
    draftFrom = .formDraftFrom(session.formats.moment(draft.savedAt, now: session.now))
  }

  private func typed() {
    if quiet { return }
    dirty = true
    if nextStepId == nil, !nextStep.isEmpty { nextStepId = try? session.workspace.newId() }
    drafts.keep(
      .change(
        id, base: heads,
        set: words + [
          ("next_step", .text(text: nextStep)), ("next_step_day", .text(text: nextStepDay)),
          ("next_step_id", .text(text: nextStepId ?? "")),
        ]))
  }

  private var words: [(String, FieldValue)] {
    [("report", .text(text: report)), ("outcome", outcome.isEmpty ? .empty : .text(text: outcome))]
  }

  // MARK: What a person does

  public func startTapped() async {
    await apply(.change(id, add: [("check_in", event)]), said: .commonSaved)
  }

  public func nextWeekTapped() { nextStepDay = session.formats.day(daysFrom: 7, session.now) }
  public func nextMonthTapped() { nextStepDay = session.formats.day(daysFrom: 30, session.now) }
  public var nextStepWhen: String { nextStepDay.isEmpty ? "" : session.formats.day(nextStepDay, now: session.now) }

  /// Saves report and outcome without ending the visit.
  public func saveTapped() async {
    guard !busy, await keptNextStep() else { return }
    await apply(.change(id, base: heads, set: words), said: .commonSaved)
    if message == nil { await settled() }
  }

  /// One deed: the report is saved, the visit ends, the next step stands in the tasks.
  public func endTapped() async {
    guard !busy, await keptNextStep() else { return }
    await apply(.change(id, base: heads, set: words, add: [("check_out", event)]), said: .visitEndDone)
    if message == nil { await settled() }
  }

  public func editTapped() { session.routes.push(.edit(kind: "visit", id: id)) }

  public func calendarTapped() async {
    guard let period, let start = session.formats.date(local: period.start) else { return }
    let end = session.formats.date(local: period.end) ?? start.addingTimeInterval(3600)
    if await session.platform.calendar.add(title: title, start: start, end: end, place: place) {
      session.tell(.commonDone)
    } else {
      session.tell(.errorNoApp)
    }
  }

  public var isPlanned: Bool { period != nil }

  private var event: FieldValue {
    let at = FieldValue.moment(at: session.now, zone: session.formats.zone.identifier)
    return .entries(entries: [EntryData(id: "", values: [NamedValue(field: "at", value: at)])])
  }

  /// Makes the next step a task; true also if there is none.
  private func keptNextStep() async -> Bool {
    if nextStep.allSatisfy(\.isWhitespace) { return true }
    var values: [(String, FieldValue)] = [("summary", .text(text: nextStep)), ("status", .text(text: "open"))]
    if !nextStepDay.isEmpty { values.append(("due", .text(text: nextStepDay))) }
    if !about.isEmpty { values.append(("about", .links(links: about))) }
    do {
      _ = try await session.workspace.apply(edit: .create("task", id: nextStepId, values))
    } catch {
      let failure = UserMessage(error)
      // Nothing changed: it was made already, before the process ended.
      if failure?.text != .errorNothingChanged {
        message = failure
        return false
      }
    }
    quiet = true
    (nextStep, nextStepDay, nextStepId) = ("", "", nil)
    quiet = false
    return true
  }

  private func apply(_ edit: EditData, said: Phrase) async {
    guard !busy else { return }
    (busy, message) = (true, nil)
    defer { busy = false }
    do {
      let made = try await session.workspace.apply(edit: edit)
      heads = made.heads
      session.tell(said, undoing: id)
    } catch {
      message = UserMessage(error)
      // Nothing new to save is no failure of an end or a save.
      if message?.text == .errorNothingChanged { message = nil }
    }
    if let record = try? await session.workspace.record(id: id) { show(record) }
  }

  private func settled() async {
    await drafts.discard()
    (dirty, draftFrom) = (false, nil)
  }

  public func flush() async { await drafts.flush() }
}
