import FarleyKit
import SwiftUI

/// A form made from the schema.
struct FormView: View {
  @Bindable var model: FormModel
  @Environment(\.scenePhase) private var scenePhase

  var body: some View {
    Form {
      if let message = model.message { MessageView(message: message) }
      FormState(model: model)
      ForEach(model.parts) { part in
        FormPart(model: model, part: part)
      }
      FormEnd(model: model)
    }
    .navigationTitle(model.title)
    .task(id: model.trigger) { await model.load() }
    .onChange(of: scenePhase) { _, phase in
      if phase != .active { Task { await model.flush() } }
    }
    .toolbar {
      ToolbarItem(placement: .confirmationAction) {
        Button(.commonSave) { Task { await model.saveTapped() } }
          .disabled(!model.canSave)
          .keyboardShortcut("s")
      }
    }
    .sheet(item: $model.picking) { pick in
      LinkPickView(pick: pick) { model.picked($0) }
    }
  }
}

/// What a person should know before typing on.
struct FormState: View {
  let model: FormModel

  var body: some View {
    if model.draftFrom != nil || model.changedMeanwhile {
      Section {
        if let draft = model.draftFrom { Label(draft, systemImage: "pencil.line") }
        if model.changedMeanwhile { Label(.formArrivedMeanwhile, systemImage: "arrow.triangle.merge") }
      }
    }
  }
}

struct FormPart: View {
  let model: FormModel
  let part: FormModel.Part

  var body: some View {
    let fields = model.shown(part)
    if !fields.isEmpty {
      Section {
        ForEach(fields) { field in FieldView(model: model, field: field) }
      } header: {
        Text(part.title)
      }
    }
  }
}

struct FormEnd: View {
  @Bindable var model: FormModel

  var body: some View {
    Section {
      Button(model.showsAll ? .formFewerFields : .formMoreFields) { model.showsAll = !model.showsAll }
        .frame(minHeight: touchTarget)
      if model.dirty {
        Button(.formDiscard, role: .destructive) { Task { await model.discardTapped() } }
          .frame(minHeight: touchTarget)
      }
    } footer: {
      if model.dirty { Text(.formDraftKept) }
    }
  }
}

/// Searching the record a field shall lead to.
struct LinkPickView: View {
  @Bindable var pick: LinkPick
  let chosen: @MainActor (ListRow) -> Void
  @Environment(\.dismiss) private var dismiss

  var body: some View {
    NavigationStack {
      List {
        if pick.rows.isEmpty { Text(.searchNothing).foregroundStyle(.secondary) }
        ForEach(pick.rows) { row in
          RowButton(row: row) { chosen(row) }
        }
      }
      .searchable(text: $pick.search, prompt: Text(.formSearchLink))
      .task(id: pick.search) { await pick.load() }
      .navigationTitle(pick.title)
      .toolbar {
        ToolbarItem(placement: .cancellationAction) { Button(.commonCancel) { dismiss() } }
      }
    }
  }
}
