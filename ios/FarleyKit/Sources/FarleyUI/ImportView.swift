import FarleyBindings
import FarleyKit
import SwiftUI

/// A file that was shared into the app: what it would do, the doing, and the way back.
struct ImportView: View {
  let model: ImportModel

  var body: some View {
    NavigationStack {
      Form {
        if let message = model.message { MessageView(message: message) }
        switch model.stage {
        case .reading: ProgressView(LocalizedStringKey(.importReading))
        case .preview: ImportPreviewSection(model: model)
        case .running: ImportRunning(model: model)
        case .done: ImportDone(model: model)
        }
        if let preview = model.preview { ImportCounts(preview: preview) }
      }
      .navigationTitle(.importTitle)
      .task { await model.load() }
      .toolbar {
        ToolbarItem(placement: .cancellationAction) { Button(.commonClose) { model.closeTapped() } }
      }
    }
    .interactiveDismissDisabled()
  }
}

struct ImportPreviewSection: View {
  let model: ImportModel

  var body: some View {
    Section {
      Text(.importPreview)
      Button(.importRun) { Task { await model.runTapped() } }
        .buttonStyle(.borderedProminent)
        .controlSize(.large)
        .disabled(!model.canRun)
    }
  }
}

struct ImportRunning: View {
  let model: ImportModel

  var body: some View {
    Section {
      ProgressView(LocalizedStringKey(.commonSaving))
      if let progress = model.progress { Text(.commonNOfM(n: progress.done, m: progress.total)) }
      Button(.commonCancel) { model.cancelTapped() }.frame(minHeight: touchTarget)
    }
  }
}

struct ImportDone: View {
  let model: ImportModel

  var body: some View {
    Section {
      Text(model.wasCancelled ? .importCancelled : .importDone)
      Button(.importUndo) { Task { await model.undoTapped() } }
        .disabled(!model.canUndo)
        .frame(minHeight: touchTarget)
    }
  }
}

struct ImportCounts: View {
  let preview: ImportPreview

  var body: some View {
    Section {
      Text(.importCreated(Int(preview.created)))
      Text(.importUpdated(Int(preview.updated)))
      Text(.importUnchanged(Int(preview.unchanged)))
      if preview.duplicates > 0 { Text(.importDuplicates(Int(preview.duplicates))) }
    }
    if !preview.problems.isEmpty {
      Section {
        ForEach(preview.problems, id: \.self) { problem in
          LabeledContent {
            Text(verbatim: problem.field)
          } label: {
            Text(.importRow(Int(problem.row)))
          }
        }
      } header: {
        Text(.importProblems(preview.problems.count))
      }
    }
  }
}
