import FarleyBindings
import Observation

/// A call was started from a record. When the person is back, three taps make a note of it: log, result, save.
///
/// It is remembered as a draft, so that it is offered also after the phone ended the app during the call.
@MainActor @Observable public final class CallModel {
  static let draft = "call"

  public enum Result: CaseIterable, Hashable, Sendable {
    case reached, notReached, callBack

    public var title: Phrase {
      switch self {
      case .reached: .callReached
      case .notReached: .callNotReached
      case .callBack: .callCallBack
      }
    }
  }

  public let about: String
  public let who: String
  public var words = "" { didSet { keep() } }
  public private(set) var result: Result?
  /// The person came back and is asked.
  public private(set) var offered = false
  /// The person said yes.
  public private(set) var logging = false
  public private(set) var busy = false

  @ObservationIgnored private let session: Session
  @ObservationIgnored private let drafts: DraftKeeper

  init(_ session: Session, about: String, who: String) {
    self.session = session
    self.about = about
    self.who = who
    drafts = DraftKeeper(session.workspace, Self.draft)
  }

  /// The call of a process that ended meanwhile.
  static func kept(_ session: Session) async -> CallModel? {
    guard let draft = try? await session.workspace.draft(name: Self.draft), let about = draft.edit.id else {
      return nil
    }
    let call = CallModel(session, about: about, who: draft.edit.text("title") ?? "")
    call.words = draft.edit.text("body") ?? ""
    return call
  }

  func remember() async {
    keep()
    await drafts.flush()
  }

  private func keep() {
    drafts.keep(.change(about, set: [("title", .text(text: who)), ("body", .text(text: words))]))
  }

  /// The app is in front again.
  public func returned() { offered = true }

  public func logTapped() { logging = true }

  public func resultTapped(_ result: Result) { self.result = result }

  public func saveTapped() async {
    guard let result, !busy else { return }
    busy = true
    defer { busy = false }
    let title = session.say(.callNoteTitle(session.say(result.title)))
    do {
      let made = try await session.workspace.apply(
        edit: .create(
          "note",
          [
            ("title", .text(text: title)), ("body", .text(text: words)),
            ("about", .links(links: [LinkTo(id: about, title: "")])),
          ]))
      await drafts.discard()
      session.call = nil
      session.tell(.callSaved, undoing: made.id)
    } catch {
      session.fail(error)
    }
  }

  public func notNowTapped() async {
    await drafts.discard()
    session.call = nil
  }
}
