import FarleyKit
import SwiftUI

/// What the office has, what waits, since when, and what to do.
struct SyncView: View {
  @Bindable var model: SyncModel

  var body: some View {
    List {
      Section {
        Text(model.headline).font(.title2)
        ForEach(model.waiting, id: \.self) { Text($0) }
      }
      if let trouble = model.trouble {
        Section { Label(trouble, systemImage: "exclamationmark.triangle").foregroundStyle(.orange) }
      }
      if let clock = model.clock {
        Section { Label(clock, systemImage: "clock.badge.exclamationmark").foregroundStyle(.orange) }
      }
      SyncFilling(model: model)
      SyncConnection(model: model)
      SyncActions(model: model)
    }
    .navigationTitle(.syncTitle)
  }
}

struct SyncFilling: View {
  let model: SyncModel

  var body: some View {
    if let filling = model.filling {
      Section {
        ProgressView(LocalizedStringKey(filling))
        if let size = model.fillingSize { Text(size).foregroundStyle(.secondary) }
      }
    }
  }
}

struct SyncConnection: View {
  let model: SyncModel

  var body: some View {
    Section {
      Label(model.connection, systemImage: "antenna.radiowaves.left.and.right")
      if let way = model.way {
        LabeledContent {
          Text(way)
        } label: {
          Text(.syncWay)
        }
      }
      LabeledContent {
        Text(verbatim: model.server)
      } label: {
        Text(.syncServer)
      }
      if let last = model.lastContact { Text(last).foregroundStyle(.secondary) }
      if let next = model.nextTry { Text(next).foregroundStyle(.secondary) }
    }
  }
}

struct SyncActions: View {
  @Bindable var model: SyncModel

  var body: some View {
    Section {
      if model.busy {
        ProgressView(LocalizedStringKey(.syncBusy))
        Button(.commonCancel) { model.cancelTapped() }.frame(minHeight: touchTarget)
      } else {
        Button(.syncNow, systemImage: "arrow.up.arrow.down") { model.nowTapped() }
          .buttonStyle(.borderedProminent)
          .controlSize(.large)
          .disabled(model.isPaused)
      }
      Toggle(LocalizedStringKey(.syncAirplaneSwitch), isOn: $model.isPaused)
        .frame(minHeight: touchTarget)
    } footer: {
      Text(.syncAirplaneHint)
    }
  }
}
