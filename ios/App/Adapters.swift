import FarleyKit
import Foundation

#if canImport(UIKit)
  import UIKit
#endif
#if canImport(Network)
  import Network
#endif
#if canImport(LocalAuthentication)
  import LocalAuthentication
#endif

/// Dial, mail, map, web.
@MainActor final class SystemOpener: Opener {
  func open(_ url: URL) -> Bool {
    #if canImport(UIKit)
      guard UIApplication.shared.canOpenURL(url) else { return false }
      UIApplication.shared.open(url)
      return true
    #else
      return false
    #endif
  }
}

/// Face, finger or the code of the device.
@MainActor final class DeviceLock: Locker {
  var isAvailable: Bool {
    #if canImport(LocalAuthentication)
      LAContext().canEvaluatePolicy(.deviceOwnerAuthentication, error: nil)
    #else
      false
    #endif
  }

  func unlock(reason: String) async -> Bool {
    #if canImport(LocalAuthentication)
      (try? await LAContext().evaluatePolicy(.deviceOwnerAuthentication, localizedReason: reason)) ?? false
    #else
      false
    #endif
  }
}

/// Wi-Fi to mobile and back: the session is made anew.
@MainActor final class PathMonitor: Connectivity {
  #if canImport(Network)
    private let monitor = NWPathMonitor()
  #endif

  func follow(_ changed: @escaping @MainActor (_ name: String?) -> Void) {
    #if canImport(Network)
      monitor.pathUpdateHandler = { path in
        guard path.status == .satisfied else { return }
        Task { @MainActor in changed(nil) }
      }
      monitor.start(queue: .main)
    #endif
  }
}

/// A tap that can be felt through gloves.
@MainActor final class Taps: Haptics {
  func done() {
    #if canImport(UIKit)
      UINotificationFeedbackGenerator().notificationOccurred(.success)
    #endif
  }

  func failed() {
    #if canImport(UIKit)
      UINotificationFeedbackGenerator().notificationOccurred(.error)
    #endif
  }
}
