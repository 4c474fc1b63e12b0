import FarleyKit
import Foundation

#if canImport(UIKit)
  import UIKit
#endif

/// Where the workspace lies: never in a backup, readable after the first unlock so that background sync works.
enum Storage {
  static var folder: String {
    let support = FileManager.default.urls(for: .applicationSupportDirectory, in: .userDomainMask).first
    var folder = (support ?? FileManager.default.temporaryDirectory).appending(path: "farley")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    #if canImport(UIKit)
      var values = URLResourceValues()
      values.isExcludedFromBackup = true
      try? folder.setResourceValues(values)
      try? FileManager.default.setAttributes(
        [.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication], ofItemAtPath: folder.path())
    #else
      folder.standardize()
    #endif
    return folder.path()
  }

  static var version: String {
    Bundle.main.object(forInfoDictionaryKey: "CFBundleShortVersionString") as? String ?? "0"
  }
}

@MainActor enum DeviceName {
  /// What the office sees first; the person may change it.
  static var current: String {
    #if canImport(UIKit)
      UIDevice.current.name
    #else
      ProcessInfo.processInfo.hostName
    #endif
  }
}

/// Small choices in the user defaults. Business data never lie there.
@MainActor final class Defaults: Preferences {
  func flag(_ name: String) -> Bool { UserDefaults.standard.bool(forKey: name) }
  func set(_ name: String, _ on: Bool) { UserDefaults.standard.set(on, forKey: name) }
  func text(_ name: String) -> String? { UserDefaults.standard.string(forKey: name) }
  func set(_ name: String, text: String) { UserDefaults.standard.set(text, forKey: name) }
}
