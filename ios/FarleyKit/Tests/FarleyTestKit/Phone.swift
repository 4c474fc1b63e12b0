import FarleyBindings
import FarleyKit
import Foundation

/// One phone in a test: a folder, its secrets, its adapters, and the real library.
@MainActor public final class Phone {
  public let folder: String
  public let secrets = MemorySecrets()
  public let hand = Hand()
  public let words: Words
  private var opened: Session?

  public init(_ language: Language = .de) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "phone-\(UUID().uuidString)").path()
    words = try Words(language)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  /// Enrolled, with its first session; not syncing by itself, so that a test decides when it is online.
  public static func enrolled(
    _ person: String = "Anna Brandt", _ language: Language = .de, at office: Office? = nil
  ) async throws -> Phone {
    let phone = try Phone(language)
    let link = try (office ?? Office.taking(1)).invite(person)
    let workspace = try await Workspace.enrol(
      folder: phone.folder, link: link, deviceName: "Phone of \(person)", app: "tests", secrets: phone.secrets)
    try workspace.setAirplane(on: true)
    try phone.open(workspace)
    return phone
  }

  private func open(_ workspace: Workspace) throws {
    opened = try Session(workspace, routes: Routes(), formats: formats, platform: platform)
  }

  /// Of an enrolled phone.
  public var session: Session {
    guard let opened else { fatalError("this phone is not enrolled") }
    return opened
  }

  /// As if the process had been ended and started again: only what is on the disk remains.
  public func restarted() async throws {
    session.end()
    try await session.workspace.close()
    // A call that is just returning on a thread of the library may hold the folder for a moment longer.
    for _ in 0..<50 {
      do {
        return try open(try await Workspace.open(folder: folder, app: "tests", secrets: secrets))
      } catch FarleyError.InUse {
        try await Task.sleep(for: .milliseconds(40))
      }
    }
    throw FarleyError.InUse
  }

  /// Online until nothing is left to do, then offline again.
  public func sync() async throws {
    try session.workspace.setAirplane(on: false)
    _ = try await session.workspace.syncOnce(limitMs: 20_000)
    try session.workspace.setAirplane(on: true)
  }

  public var formats: Formats {
    let words = words
    return Formats(language: words.language, zone: TimeZone(identifier: "Europe/Berlin") ?? .gmt) { words.say($0) }
  }

  public var platform: Platform {
    Platform(
      secrets: secrets, opener: hand, locker: hand, reminders: hand, connectivity: hand, background: hand,
      calendar: hand, haptics: hand, preferences: hand, clock: hand.clock)
  }

  public func create(_ kind: String, _ values: [String: String]) async throws -> String {
    let set = values.sorted { $0.key < $1.key }.map { NamedValue(field: $0.key, value: .typed(text: $0.value)) }
    let made = try await session.workspace.apply(
      edit: EditData(id: nil, kind: kind, base: [], set: set, add: [], remove: []))
    return made.id
  }

  public func change(_ id: String, _ values: [String: String]) async throws {
    let set = values.sorted { $0.key < $1.key }.map { NamedValue(field: $0.key, value: .typed(text: $0.value)) }
    _ = try await session.workspace.apply(
      edit: EditData(id: id, kind: nil, base: [], set: set, add: [], remove: []))
  }
}

/// Secrets that live as long as the test.
public final class MemorySecrets: SecretStore, @unchecked Sendable {
  private let lock = NSLock()
  private var kept: [String: Data] = [:]
  /// As a locked keychain does it.
  public var fails = false

  public func load(name: String) async throws -> Data? {
    try lock.withLock {
      if fails { throw FarleyError.Secret(reason: "locked") }
      return kept[name]
    }
  }
  public func save(name: String, bytes: Data) async throws { lock.withLock { kept[name] = bytes } }
  public func forget(name: String) async throws { lock.withLock { kept[name] = nil } }
}

/// What the phone did for the app.
@MainActor
public final class Hand: Opener, Locker, Reminders, Connectivity, BackgroundSync, CalendarInsert, Haptics,
  Preferences
{
  public private(set) var opened: [String] = []
  public private(set) var planned: [Reminder] = []
  public private(set) var appointments: [String] = []
  public private(set) var failures = 0
  public private(set) var backgroundPlans = 0
  public var canOpen = true
  public var isAvailable = true
  public var unlocks = true
  public var allows = true
  private var flags: [String: Bool] = [:]
  private var texts: [String: String] = [:]
  nonisolated private let time = Time()

  public nonisolated var clock: @Sendable () -> Int64 {
    let time = time
    return { time.now }
  }
  /// Moves the clock that the models read; the core keeps the system's.
  public func wait(milliseconds: Int64) { time.ahead += milliseconds }

  public func open(_ url: URL) -> Bool {
    opened.append(url.absoluteString)
    return canOpen
  }
  public func unlock(reason: String) async -> Bool { unlocks }
  public func allow() async -> Bool { allows }
  public func plan(_ reminders: [Reminder]) async { planned = reminders }
  public func follow(_ changed: @escaping @MainActor (String?) -> Void) {}
  public func plan() { backgroundPlans += 1 }
  public func finish(_ work: @escaping @MainActor () async -> Void) async { await work() }
  public func add(title: String, start: Date, end: Date, place: String) async -> Bool {
    appointments.append(title)
    return true
  }
  public func done() {}
  public func failed() { failures += 1 }
  public func flag(_ name: String) -> Bool { flags[name] ?? false }
  public func set(_ name: String, _ on: Bool) { flags[name] = on }
  public func text(_ name: String) -> String? { texts[name] }
  public func set(_ name: String, text: String) { texts[name] = text }
}

final class Time: @unchecked Sendable {
  private let lock = NSLock()
  private var moved: Int64 = 0
  var ahead: Int64 {
    get { lock.withLock { moved } }
    set { lock.withLock { moved = newValue } }
  }
  var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) + ahead }
}

/// Secrets in files, for a process that is killed and started again.
public final class FileSecrets: SecretStore {
  private let folder: String

  public init(folder: String) { self.folder = folder }

  public func load(name: String) async throws -> Data? { FileManager.default.contents(atPath: "\(folder)/\(name)") }
  public func save(name: String, bytes: Data) async throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try bytes.write(to: URL(filePath: "\(folder)/\(name)"), options: .atomic)
  }
  public func forget(name: String) async throws { try? FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
}

/// What the scripted visit writes.
public enum VisitScript {
  public static let report = "Ventil getauscht, Druck geprüft."
  public static let nextStep = "Rechnung schicken"
}
