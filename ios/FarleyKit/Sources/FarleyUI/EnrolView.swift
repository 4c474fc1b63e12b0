import FarleyKit
import SwiftUI

/// Connecting this device once.
struct EnrolView<Scanner: View>: View {
  @Bindable var model: EnrolModel
  /// The camera, as the app brings it; it tells what it saw.
  let scanner: @MainActor (_ found: @escaping @MainActor (String) -> Void) -> Scanner

  var body: some View {
    NavigationStack {
      Form {
        Section {
          Text(.enrolIntro)
        }
        EnrolScanSection(model: model, scanner: scanner)
        EnrolLinkSection(model: model)
        if let message = model.message { MessageView(message: message) }
        Section {
          TextField(LocalizedStringKey(.enrolDeviceName), text: $model.deviceName)
        } footer: {
          Text(.enrolDeviceNameHint)
        }
        EnrolActions(model: model)
      }
      .navigationTitle(.enrolTitle)
    }
  }
}

struct EnrolScanSection<Scanner: View>: View {
  @Bindable var model: EnrolModel
  let scanner: @MainActor (_ found: @escaping @MainActor (String) -> Void) -> Scanner

  var body: some View {
    Section {
      if model.scanning {
        scanner { model.scanned($0) }
          .frame(minHeight: 280)
          .accessibilityLabel(.enrolScanning)
        Button(.commonCancel) { model.scanning = false }
          .frame(minHeight: touchTarget)
      } else {
        Button(.enrolScan, systemImage: "qrcode.viewfinder") { model.scanning = true }
          .frame(minHeight: touchTarget)
      }
    } footer: {
      Text(.enrolScanHint)
    }
  }
}

struct EnrolLinkSection: View {
  @Bindable var model: EnrolModel

  var body: some View {
    Section {
      TextField(LocalizedStringKey(.enrolLink), text: $model.link)
        .textInputAutocapitalization(.never)
        .autocorrectionDisabled()
        .keyboardType(.URL)
      if let server = model.server {
        Label(.enrolLinkOk(server), systemImage: "checkmark.circle").foregroundStyle(.green)
      }
    } footer: {
      Text(.enrolOtherWay)
    }
  }
}

struct EnrolActions: View {
  let model: EnrolModel

  var body: some View {
    Section {
      if model.busy {
        ProgressView(LocalizedStringKey(.enrolBusy))
        Button(.commonCancel, role: .cancel) { model.cancelTapped() }
          .frame(minHeight: touchTarget)
      } else {
        Button(.enrolGo) { model.connectTapped() }
          .buttonStyle(.borderedProminent)
          .controlSize(.large)
          .disabled(!model.canConnect)
      }
    }
  }
}
