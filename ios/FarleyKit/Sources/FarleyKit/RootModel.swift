import FarleyBindings
import Foundation
import Observation

/// The app as a whole: opening, connecting once, the lock, and what happens when it comes and goes.
@MainActor @Observable public final class RootModel {
  public enum Phase {
    case starting
    case enrol(EnrolModel)
    case ready(Session)
    case failed(UserMessage)
  }

  public private(set) var phase: Phase = .starting
  public private(set) var isLocked = false
  public private(set) var lockMessage: Phrase?
  /// A cover while the app is in the switcher: nobody else reads over the shoulder.
  public private(set) var isCovered = false
  public let routes = Routes()
  public let version: String

  @ObservationIgnored private let folder: String
  @ObservationIgnored private let deviceName: String
  @ObservationIgnored public let platform: Platform
  @ObservationIgnored private let formats: Formats
  @ObservationIgnored private var waitingLink: String?
  private static let saved = "routes"

  public init(folder: String, version: String, deviceName: String, formats: Formats, platform: Platform) {
    self.folder = folder
    self.version = version
    self.deviceName = deviceName
    self.formats = formats
    self.platform = platform
    isLocked = platform.preferences.flag(SettingsModel.lock) && platform.locker.isAvailable
    if let saved = platform.preferences.text(Self.saved) { routes.restore(saved) }
  }

  public var session: Session? {
    if case .ready(let session) = phase { session } else { nil }
  }

  private var app: String { "Farley iOS \(version)" }

  /// Opens what is on this device; without anything, the way to connect it.
  public func start() async {
    if session != nil { return }
    do {
      opened(try await Workspace.open(folder: folder, app: app, secrets: platform.secrets))
      await restoreCall()
    } catch FarleyError.NotEnrolled {
      enrol()
    } catch {
      if let message = UserMessage(error) { phase = .failed(message) }
    }
  }

  private func enrol() {
    let model = EnrolModel(folder: folder, app: app, deviceName: deviceName, platform: platform) { [weak self] in
      self?.opened($0)
    }
    if let link = waitingLink { model.link = link }
    waitingLink = nil
    phase = .enrol(model)
  }

  private func opened(_ workspace: Workspace) {
    do {
      let session = try Session(workspace, routes: routes, formats: formats, platform: platform)
      try session.begin()
      phase = .ready(session)
    } catch {
      if let message = UserMessage(error) { phase = .failed(message) }
    }
  }

  private func restoreCall() async {
    guard let session else { return }
    session.call = await CallModel.kept(session)
    session.call?.returned()
  }

  // MARK: Coming and going

  public func becameActive() async {
    isCovered = false
    guard let session else { return }
    // The old socket is dead after a pause; a new one costs less than waiting for it.
    try? session.workspace.networkChanged(name: nil)
    session.call?.returned()
    await session.changed(ChangeNotice(kinds: [], ids: [], much: true))
  }

  public func becameInactive() {
    isCovered = true
    platform.preferences.set(Self.saved, text: routes.saved)
  }

  public func wentToBackground() async {
    isLocked = platform.preferences.flag(SettingsModel.lock) && platform.locker.isAvailable
    platform.background.plan()
    guard let session else { return }
    await ReminderPlan(session).renew()
    // What was typed a moment ago still gets through, if there is a network.
    guard let status = session.status, status.pending > 0, !status.airplane else { return }
    await platform.background.finish { _ = try? await session.workspace.syncOnce(limitMs: 20_000) }
  }

  /// In the time the system grants: connect, exchange, close. What got through stays.
  public func backgroundSync(seconds: UInt64) async -> Bool {
    if session == nil { await start() }
    guard let session else { return false }
    let done = try? await session.workspace.syncOnce(limitMs: seconds * 1000)
    await ReminderPlan(session).renew()
    platform.background.plan()
    return done != nil
  }

  // MARK: Lock

  public func unlockTapped() async {
    lockMessage = nil
    if await platform.locker.unlock(reason: formats.say(.lockReason)) {
      isLocked = false
    } else {
      lockMessage = .lockFailed
    }
  }

  // MARK: Links

  /// An enrolment link goes to the screen for it and is never used by itself; a record is opened; the rest is ignored.
  public func opened(_ url: URL) {
    if url.isFileURL {
      session?.opened(file: url)
      return
    }
    if let route = Route(url: url) {
      if session != nil { routes.push(route) }
      return
    }
    switch phase {
    case .enrol(let model): model.link = url.absoluteString
    case .starting: waitingLink = url.absoluteString
    case .ready(let session): session.tell(.refusedExists)
    case .failed: break
    }
  }
}
