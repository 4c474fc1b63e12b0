import FarleyKit
import SwiftUI

/// Lock, reminders, language, this device, the report for support.
struct SettingsView: View {
  @Bindable var model: SettingsModel
  @Environment(\.openURL) private var openURL

  var body: some View {
    Form {
      SettingsSafety(model: model)
      Section {
        Button(.settingsOpenSystem, systemImage: "gear") {
          if let url = URL(string: "app-settings:") { openURL(url) }
        }
        .frame(minHeight: touchTarget)
      } header: {
        Text(.settingsLanguage)
      } footer: {
        Text(.settingsLanguageWhere)
      }
      SettingsDevice(model: model)
      SettingsReport(model: model)
    }
    .navigationTitle(.settingsTitle)
  }
}

struct SettingsSafety: View {
  @Bindable var model: SettingsModel

  var body: some View {
    Section {
      Toggle(LocalizedStringKey(.settingsLock), isOn: $model.lock)
        .disabled(!model.canLock)
        .frame(minHeight: touchTarget)
    } footer: {
      Text(model.canLock ? .settingsLockHint : .settingsLockUnavailable)
    }
    Section {
      Toggle(LocalizedStringKey(.settingsReminders), isOn: $model.reminders)
        .frame(minHeight: touchTarget)
    } footer: {
      Text(.settingsRemindersHint)
    }
  }
}

struct SettingsDevice: View {
  let model: SettingsModel

  var body: some View {
    Section {
      if let identity = model.identity {
        if let person = identity.person { Text(person) }
        if let device = identity.device { Text(device) }
        LabeledContent {
          Text(identity.workspaceName)
        } label: {
          Text(.settingsWorkspace)
        }
        LabeledContent {
          Text(identity.server)
        } label: {
          Text(.settingsServer)
        }
        LabeledContent {
          Text(identity.deviceId)
        } label: {
          Text(.settingsDeviceId)
        }
      }
      Text(.settingsVersion(model.version))
    } header: {
      Text(.settingsDevice)
    }
  }
}

struct SettingsReport: View {
  let model: SettingsModel

  var body: some View {
    Section {
      if let report = model.report {
        Text(verbatim: report).font(.footnote)
        if let file = model.reportFile {
          ShareLink(item: file) { Label(.settingsDiagnosticsShare, systemImage: "square.and.arrow.up") }
            .frame(minHeight: touchTarget)
        }
      } else {
        Button(.settingsDiagnosticsMake, systemImage: "doc.text") { Task { await model.reportTapped() } }
          .disabled(model.busy)
          .frame(minHeight: touchTarget)
      }
    } header: {
      Text(.settingsDiagnostics)
    } footer: {
      Text(.settingsDiagnosticsHint)
    }
  }
}
