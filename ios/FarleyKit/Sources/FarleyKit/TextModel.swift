import FarleyBindings
import Observation

/// A note: written by several people at once, with comments below. What two write offline is merged by words.
@MainActor @Observable public final class TextModel {
  public struct Comment: Identifiable, Hashable, Sendable {
    public let id: String
    public let text: String
    public let byline: String
  }

  /// Nil until a new note is saved for the first time.
  public private(set) var id: String?
  public let about: String?
  public var heading = "" { didSet { if heading != oldValue { typed() } } }
  public var body = "" { didSet { if body != oldValue { typed() } } }
  public var comment = ""
  public private(set) var comments: [Comment] = []
  public private(set) var byline = ""
  public private(set) var isWaiting = false
  /// Somebody else changed the text while it was edited here.
  public private(set) var alsoWrote: Phrase?
  public private(set) var draftFrom: Phrase?
  public private(set) var dirty = false
  public private(set) var busy = false
  public private(set) var loaded = false
  public private(set) var message: UserMessage?

  @ObservationIgnored public let session: Session
  @ObservationIgnored private let drafts: DraftKeeper
  @ObservationIgnored private var heads: [String] = []
  @ObservationIgnored private var quiet = false
  /// What stood there when editing began.
  @ObservationIgnored private var stored = (heading: "", body: "")

  public init(_ session: Session, id: String) {
    self.session = session
    self.id = id
    about = nil
    drafts = DraftKeeper(session.workspace, "note:\(id)")
  }

  public init(_ session: Session, about: String?) {
    self.session = session
    self.about = about
    drafts = DraftKeeper(session.workspace, "new-note:\(about ?? "")")
  }

  public var trigger: Int { session.pulse }
  public var canSave: Bool { dirty && !busy && !(heading + body).allSatisfy(\.isWhitespace) }
  public var canComment: Bool { id != nil && !comment.allSatisfy(\.isWhitespace) }

  public func load() async {
    if !loaded { await restore() }
    guard let id else {
      loaded = true
      return
    }
    do {
      show(try await session.workspace.record(id: id))
      let related = try await session.workspace.related(id: id, limit: 200)
      comments = related.filter { $0.field == "on" && $0.row.kind == "comment" && !$0.row.removed }
        .map {
          Comment(
            id: $0.row.id, text: $0.text ?? "",
            byline: "\(session.name($0.author)) · \(session.formats.ago($0.at, now: session.now))")
        }.reversed()
      message = nil
    } catch {
      message = UserMessage(error)
    }
    loaded = true
  }

  /// What a process that ended left half written.
  private func restore() async {
    guard let draft = await drafts.read() else { return }
    assign(draft.edit.text("title") ?? "", draft.edit.text("body") ?? "")
    heads = draft.edit.base
    dirty = true
    draftFrom = .formDraftFrom(session.formats.moment(draft.savedAt, now: session.now))
  }

  private func show(_ record: RecordData) {
    isWaiting = record.transfer == .waiting
    let who = session.name(record.changedBy)
    byline = session.say(
      .recordChangedBy(time: session.formats.ago(record.changedAt, now: session.now), who: who))
    let text = { (field: String) in
      if case .text(let text) = record.fields.first(where: { $0.field == field })?.value { text } else { "" }
    }
    if dirty {
      if heads.isEmpty { heads = record.heads }
      // The person's own words stay on the screen; saving merges both.
      if heads != record.heads { alsoWrote = .noteAlsoWrote(who) }
      return
    }
    if !heads.isEmpty, heads != record.heads, !record.changedBy.here { alsoWrote = nil }
    heads = record.heads
    stored = (text("title"), text("body"))
    assign(stored.heading, stored.body)
  }

  private func assign(_ heading: String, _ body: String) {
    quiet = true
    self.heading = heading
    self.body = body
    quiet = false
  }

  private func typed() {
    if quiet { return }
    dirty = true
    drafts.keep(edit)
  }

  private var edit: EditData {
    let words: [(String, FieldValue)] = [
      ("title", heading.isEmpty ? .empty : .text(text: heading)), ("body", .text(text: body)),
    ]
    if let id { return .change(id, base: heads, set: words) }
    let links: [(String, FieldValue)] = about.map { [("about", .links(links: [LinkTo(id: $0, title: "")]))] } ?? []
    return .create("note", words + links)
  }

  // MARK: What a person does

  public func saveTapped() async {
    guard canSave else { return }
    busy = true
    defer { busy = false }
    do {
      let merged = alsoWrote
      let made = try await session.workspace.apply(edit: edit)
      await drafts.discard()
      let isNew = id == nil
      (id, heads, dirty, draftFrom) = (made.id, made.heads, false, nil)
      session.tell(.noteSaved, undoing: made.id)
      if isNew {
        session.routes.replace(with: .note(id: made.id))
      } else {
        show(try await session.workspace.record(id: made.id))
        alsoWrote = merged
      }
    } catch {
      // The draft keeps what was typed, whatever went wrong.
      message = UserMessage(error)
    }
  }

  public func discardTapped() async {
    await drafts.discard()
    (dirty, draftFrom, alsoWrote, heads) = (false, nil, nil, [])
    if id == nil {
      assign("", "")
      session.routes.back()
    } else {
      await load()
    }
  }

  public func commentTapped() async {
    guard let id, canComment else { return }
    do {
      _ = try await session.workspace.apply(
        edit: .create("comment", [("on", .link(to: LinkTo(id: id, title: ""))), ("body", .text(text: comment))]))
      comment = ""
      await load()
    } catch {
      session.fail(error)
    }
  }

  /// The app leaves the front: everything typed is on the disk when this returns.
  public func flush() async { await drafts.flush() }
}
