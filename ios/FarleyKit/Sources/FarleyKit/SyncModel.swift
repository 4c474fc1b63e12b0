import FarleyBindings
import Observation

/// How it stands with the office: what it has, what waits, since when, and what to do.
@MainActor @Observable public final class SyncModel {
  public private(set) var busy = false

  @ObservationIgnored public let session: Session
  @ObservationIgnored private var work: Task<Void, Never>?

  public init(_ session: Session) { self.session = session }

  private var status: StatusData? { session.status }
  private func moment(_ millis: Int64) -> String { session.formats.moment(millis, now: session.now) }

  /// The one sentence to read first.
  public var headline: Phrase {
    guard let status else { return .commonLoading }
    if status.pending > 0 { return .syncWaiting(Int(status.pending)) }
    return status.lastContact == nil ? .syncNever : .syncAllSent
  }

  /// Since when the oldest waits, and that it is safe here.
  public var waiting: [Phrase] {
    guard let status, status.pending > 0 else { return [] }
    return (status.pendingSince.map { [.syncOldest(moment($0))] } ?? []) + [.syncSafeHere]
  }

  public var connection: Phrase {
    guard let status else { return .commonLoading }
    if status.airplane { return .syncAirplane }
    if status.connected { return .syncConnected }
    return status.lastContact.map { .syncOfflineSince(moment($0)) } ?? .syncOffline
  }

  public var trouble: Phrase? {
    guard let status, !status.airplane else { return nil }
    return status.trouble?.phrase
  }

  public var filling: Phrase? {
    guard let status, status.filling else { return nil }
    return .syncFilling(Int(status.leftRecords))
  }

  public var fillingSize: Phrase? {
    guard let status, status.filling, status.leftBytes > 0 else { return nil }
    return .syncFillingSize(session.formats.bytes(status.leftBytes))
  }

  public var way: Phrase? {
    switch status?.carrier {
    case .quic: .syncQuic
    case .webSocket: .syncWebsocket
    case nil: nil
    }
  }

  public var lastContact: Phrase? {
    status?.lastContact.map { .syncLastContact(session.formats.ago($0, now: session.now)) }
  }

  public var nextTry: Phrase? {
    guard let status, !status.connected, !status.airplane else { return nil }
    return status.nextTry.map { .syncNextTry(session.formats.time($0)) }
  }

  /// Worth a word from two minutes on: times of edits would be wrong.
  public var clock: Phrase? {
    guard let skew = status?.clockSkewMs, abs(skew) >= 120_000 else { return nil }
    return .syncClockOff(Int(abs(skew) / 60_000))
  }

  public var isPaused: Bool {
    get { status?.airplane ?? false }
    set {
      do {
        try session.workspace.setAirplane(on: newValue)
      } catch {
        session.fail(error)
      }
    }
  }

  public var server: String { (try? session.workspace.identity().server) ?? "" }

  // MARK: What a person does

  public func nowTapped() {
    guard !busy else { return }
    work = Task { await sync() }
  }

  public func cancelTapped() { work?.cancel() }

  /// Until nothing is left in either direction, at most half a minute.
  func sync() async {
    busy = true
    defer { busy = false }
    do {
      let done = try await session.workspace.syncOnce(limitMs: 30_000)
      session.tell(done.up + done.down == 0 ? .syncUpToDate : .syncSent(n: Int(done.up), m: Int(done.down)))
    } catch {
      session.fail(error)
    }
  }

  /// For the mark in every list's bar.
  public var mark: Phrase {
    guard let status else { return .commonLoading }
    if trouble != nil, status.trouble != .udpBlocked { return .syncIconTrouble }
    return status.pending > 0 ? .syncIconWaiting(Int(status.pending)) : .syncIconOk
  }
}
