import FarleyBindings
import Observation

/// Connecting this device once: link by camera, by tap or by hand.
@MainActor @Observable public final class EnrolModel {
  public var link = "" { didSet { linkChanged() } }
  public var deviceName: String
  public var scanning = false
  /// Where the office is, once the link is good.
  public private(set) var server: String?
  public private(set) var message: UserMessage?
  public private(set) var busy = false

  @ObservationIgnored private let folder: String
  @ObservationIgnored private let app: String
  @ObservationIgnored private let platform: Platform
  @ObservationIgnored private let enrolled: @MainActor (Workspace) -> Void
  @ObservationIgnored private var work: Task<Void, Never>?

  init(
    folder: String, app: String, deviceName: String, platform: Platform,
    enrolled: @escaping @MainActor (Workspace) -> Void
  ) {
    self.folder = folder
    self.app = app
    self.deviceName = deviceName
    self.platform = platform
    self.enrolled = enrolled
  }

  public var canConnect: Bool { server != nil && !busy }

  /// A code the camera saw. What is no link of ours is said, and the camera goes on.
  public func scanned(_ text: String) {
    link = text
    if server != nil { scanning = false }
  }

  private func linkChanged() {
    server = nil
    message = nil
    if link.isEmpty { return }
    do {
      server = try readLink(text: link).server
    } catch {
      message = UserMessage(error)
    }
  }

  public func connectTapped() {
    guard canConnect else { return }
    if deviceName.allSatisfy(\.isWhitespace) {
      message = UserMessage(.enrolDeviceNameMissing, .fixInput, field: "device_name")
      return
    }
    work = Task { await connect() }
  }

  /// Until connected, refused or cancelled. The link stays where it is.
  func connect() async {
    (busy, message) = (true, nil)
    defer { busy = false }
    do {
      let workspace = try await Workspace.enrol(
        folder: folder, link: link, deviceName: deviceName, app: app, secrets: platform.secrets)
      link = ""
      platform.haptics.done()
      enrolled(workspace)
    } catch {
      message = UserMessage(error) ?? UserMessage(.enrolCancelled, .retry)
      platform.haptics.failed()
    }
  }

  public func cancelTapped() { work?.cancel() }
}
