import FarleyBindings
import Foundation

// What the phone can do, one small protocol each. The app brings Apple's; tests bring their own.

/// Dial, mail, message, map, web: whatever app knows the address.
@MainActor public protocol Opener: AnyObject {
  /// False if no app takes it.
  func open(_ url: URL) -> Bool
}

/// Face, finger or code.
@MainActor public protocol Locker: AnyObject {
  var isAvailable: Bool { get }
  func unlock(reason: String) async -> Bool
}

/// Notices for what is due, also without network and after a restart.
@MainActor public protocol Reminders: AnyObject {
  /// Asks the person once; false if refused.
  func allow() async -> Bool
  /// Replaces all that were planned before.
  func plan(_ reminders: [Reminder]) async
}

public struct Reminder: Hashable, Sendable {
  public let id: String
  /// When to show it, UTC milliseconds.
  public let at: Int64
  public let title: String
  public let text: String
}

/// Tells when the network changed.
@MainActor public protocol Connectivity: AnyObject {
  func follow(_ changed: @escaping @MainActor (_ name: String?) -> Void)
}

/// Work while the app is not in front.
@MainActor public protocol BackgroundSync: AnyObject {
  /// Asks the system for a time to sync.
  func plan()
  /// Finishes this although the app has left the front, in the time the system grants.
  func finish(_ work: @escaping @MainActor () async -> Void) async
}

/// Into the person's own calendar.
@MainActor public protocol CalendarInsert: AnyObject {
  func add(title: String, start: Date, end: Date, place: String) async -> Bool
}

/// A short tap that can be felt through gloves.
@MainActor public protocol Haptics: AnyObject {
  func done()
  func failed()
}

/// Small choices that are not business data.
@MainActor public protocol Preferences: AnyObject {
  func flag(_ name: String) -> Bool
  func set(_ name: String, _ on: Bool)
  func text(_ name: String) -> String?
  func set(_ name: String, text: String)
}

/// Everything of the phone in one place.
@MainActor public struct Platform {
  public let secrets: any SecretStore
  public let opener: any Opener
  public let locker: any Locker
  public let reminders: any Reminders
  public let connectivity: any Connectivity
  public let background: any BackgroundSync
  public let calendar: any CalendarInsert
  public let haptics: any Haptics
  public let preferences: any Preferences
  /// UTC milliseconds.
  public let clock: @Sendable () -> Int64

  public init(
    secrets: any SecretStore, opener: any Opener, locker: any Locker, reminders: any Reminders,
    connectivity: any Connectivity, background: any BackgroundSync, calendar: any CalendarInsert,
    haptics: any Haptics, preferences: any Preferences, clock: @escaping @Sendable () -> Int64
  ) {
    self.secrets = secrets
    self.opener = opener
    self.locker = locker
    self.reminders = reminders
    self.connectivity = connectivity
    self.background = background
    self.calendar = calendar
    self.haptics = haptics
    self.preferences = preferences
    self.clock = clock
  }
}
