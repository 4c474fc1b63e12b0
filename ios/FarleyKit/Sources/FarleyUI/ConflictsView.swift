import FarleyKit
import SwiftUI

/// Fields with two versions, both side by side.
struct ConflictsView: View {
  let model: ConflictsModel

  var body: some View {
    List {
      if let message = model.message { MessageView(message: message) { await model.load() } }
      if !model.conflicts.isEmpty {
        Section { Text(.conflictRule).font(.subheadline) }
      }
      ForEach(model.conflicts) { conflict in
        ConflictSection(model: model, conflict: conflict)
      }
      if model.isEmpty {
        EmptyListView(title: .conflictEmpty, hint: nil, systemImage: "checkmark.circle") {}
      }
    }
    .navigationTitle(.conflictTitle)
    .task(id: model.trigger) { await model.load() }
    .refreshable { await model.load() }
  }
}

struct ConflictSection: View {
  let model: ConflictsModel
  let conflict: ConflictsModel.Conflict

  var body: some View {
    Section {
      ForEach(conflict.versions) { version in
        VersionView(model: model, conflict: conflict, version: version)
      }
      Button(.conflictOpenRecord) { model.openTapped(conflict) }
        .frame(minHeight: touchTarget)
    } header: {
      Text(verbatim: "\(conflict.title) · \(conflict.field)")
    }
  }
}

struct VersionView: View {
  let model: ConflictsModel
  let conflict: ConflictsModel.Conflict
  let version: ConflictsModel.Version

  var body: some View {
    VStack(alignment: .leading) {
      Text(version.text).font(.headline)
      Text(version.byline).font(.footnote).foregroundStyle(.secondary)
      if version.shown { Text(.conflictShown).font(.footnote).foregroundStyle(.tint) }
    }
    .accessibilityElement(children: .combine)
    Button(.conflictTake, systemImage: "checkmark") { Task { await model.takeTapped(version, of: conflict) } }
      .buttonStyle(.bordered)
      .frame(minHeight: touchTarget)
      .accessibilityLabel(.conflictTakeValue(version.text))
  }
}
