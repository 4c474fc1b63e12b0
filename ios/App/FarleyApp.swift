import FarleyKit
import FarleyUI
import SwiftUI

/// One window, one root model, one workspace a process.
@main struct FarleyApp: App {
  @State private var model = FarleyApp.makeModel()

  var body: some Scene {
    WindowGroup {
      RootView(model: model) { found in QRScanner(found: found) }
    }
  }

  @MainActor private static func makeModel() -> RootModel {
    let model = RootModel(
      folder: Storage.folder, version: Storage.version, deviceName: DeviceName.current, formats: .ofThisPhone,
      platform: .ofThisPhone)
    BackgroundTasks.shared.register { seconds in await model.backgroundSync(seconds: seconds) }
    return model
  }
}

extension Formats {
  /// In the language iOS chose for the app, of those it has.
  static var ofThisPhone: Formats {
    let language = Language(identifier: Bundle.main.preferredLocalizations.first ?? "en")
    return Formats(language: language, zone: .current) { phrase in
      let pattern = Bundle.main.localizedString(forKey: phrase.key, value: nil, table: nil)
      let arguments = phrase.arguments.map { argument -> any CVarArg in
        switch argument {
        case .number(let number): number
        case .text(let text): text as NSString
        }
      }
      return String(format: pattern, locale: Locale(identifier: language.rawValue), arguments: arguments)
    }
  }
}

extension Platform {
  @MainActor static var ofThisPhone: Platform {
    Platform(
      secrets: KeychainSecrets(), opener: SystemOpener(), locker: DeviceLock(), reminders: LocalNotifications(),
      connectivity: PathMonitor(), background: BackgroundTasks.shared, calendar: CalendarEvents(), haptics: Taps(),
      preferences: Defaults(), clock: { Int64(Date().timeIntervalSince1970 * 1000) })
  }
}
