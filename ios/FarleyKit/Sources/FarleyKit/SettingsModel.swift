import FarleyBindings
import Foundation
import Observation

/// Lock, reminders, this device, and the report for support.
@MainActor @Observable public final class SettingsModel {
  static let lock = "lock"
  static let reminders = "reminders"

  /// The report, once it is made: it is shown before it can be shared.
  public private(set) var report: String?
  public private(set) var reportFile: URL?
  public private(set) var busy = false
  private var lockIsOn: Bool
  private var remindersAreOn: Bool

  @ObservationIgnored public let session: Session
  public let version: String

  public init(_ session: Session, version: String) {
    self.session = session
    self.version = version
    lockIsOn = session.platform.preferences.flag(Self.lock)
    remindersAreOn = session.platform.preferences.flag(Self.reminders)
  }

  public var canLock: Bool { session.platform.locker.isAvailable }

  public var lock: Bool {
    get { lockIsOn }
    set {
      // Whoever cannot open the lock must not be able to set it.
      Task { await setLock(newValue) }
    }
  }

  func setLock(_ on: Bool) async {
    guard canLock, await session.platform.locker.unlock(reason: session.say(.permissionBiometrics)) else { return }
    lockIsOn = on
    session.platform.preferences.set(Self.lock, on)
  }

  public var reminders: Bool {
    get { remindersAreOn }
    set { Task { await setReminders(newValue) } }
  }

  func setReminders(_ on: Bool) async {
    if on {
      guard await session.platform.reminders.allow() else { return session.tell(.permissionNotifications) }
    }
    remindersAreOn = on
    session.platform.preferences.set(Self.reminders, on)
    await ReminderPlan(session).renew()
  }

  public var identity: Identity? { try? session.workspace.identity() }

  public func reportTapped() async {
    busy = true
    defer { busy = false }
    let file = FileManager.default.temporaryDirectory.appending(path: "farley-report.txt")
    do {
      try await session.workspace.writeDiagnostics(path: file.path())
      report = try String(contentsOf: file, encoding: .utf8)
      reportFile = file
    } catch {
      session.fail(error)
    }
  }
}

/// The next sixty things that become due, as notices of the phone: they come without network and after a restart.
@MainActor struct ReminderPlan {
  /// As many as a phone keeps.
  private static let most: UInt32 = 60
  private let session: Session

  init(_ session: Session) { self.session = session }

  func renew() async {
    guard session.platform.preferences.flag(SettingsModel.reminders) else {
      return await session.platform.reminders.plan([])
    }
    // With the app locked, a notice on the locked screen names nobody.
    let hides = session.platform.preferences.flag(SettingsModel.lock)
    let open = Condition(field: "status", op: .differs, values: ["done", "cancelled"])
    let later = Condition(field: "due", op: .after, values: [session.formats.day(daysFrom: -1, session.now)])
    let query = RowQuery(
      kind: "task", search: nil, conditions: [open, later], sort: [SortKey(field: "due", descending: false)],
      removed: false, columns: ["due"], list: nil)
    guard let page = try? await session.workspace.page(query: query, cursor: nil, limit: Self.most) else { return }
    let reminders = page.rows.compactMap { row -> Reminder? in
      guard let day = row.cells["due"], let noon = session.formats.start(of: day) else { return nil }
      let eight = Int64(noon.timeIntervalSince1970 * 1000) - 4 * 3_600_000
      guard eight > session.now else { return nil }
      return Reminder(
        id: row.id, at: eight, title: session.say(hides ? .noticeDueHidden : .noticeDueTitle(row.title)),
        text: session.say(.noticeDueText))
    }
    await session.platform.reminders.plan(reminders)
  }
}
