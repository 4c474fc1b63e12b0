import FarleyKit
import Foundation

#if canImport(BackgroundTasks) && os(iOS)
  import BackgroundTasks
  import UIKit
#endif

/// Sync while the app is not in front: connect, exchange, close, in the time iOS grants.
@MainActor final class BackgroundTasks: BackgroundSync {
  static let shared = BackgroundTasks()
  static let identifier = "org.farley.app.sync"

  /// iOS gives an app refresh about thirty seconds; five are left to close.
  private static let seconds: UInt64 = 25

  /// Must be called before the app has finished launching.
  func register(_ sync: @escaping @MainActor (_ seconds: UInt64) async -> Bool) {
    #if canImport(BackgroundTasks) && os(iOS)
      BGTaskScheduler.shared.register(forTaskWithIdentifier: Self.identifier, using: .main) { task in
        // On the main queue, as asked for: the compiler cannot know.
        nonisolated(unsafe) let task = task
        MainActor.assumeIsolated {
          let work = Task { @MainActor in
            let done = await sync(Self.seconds)
            task.setTaskCompleted(success: done)
          }
          // Cancelling the Swift task cancels the sync in Rust; what got through stays.
          task.expirationHandler = { work.cancel() }
        }
      }
    #endif
  }

  func finish(_ work: @escaping @MainActor () async -> Void) async {
    #if canImport(BackgroundTasks) && os(iOS)
      let running = Task { await work() }
      let id = UIApplication.shared.beginBackgroundTask { running.cancel() }
      await running.value
      UIApplication.shared.endBackgroundTask(id)
    #else
      await work()
    #endif
  }

  func plan() {
    #if canImport(BackgroundTasks) && os(iOS)
      let request = BGAppRefreshTaskRequest(identifier: Self.identifier)
      request.earliestBeginDate = Date(timeIntervalSinceNow: 15 * 60)
      try? BGTaskScheduler.shared.submit(request)
    #endif
  }
}
