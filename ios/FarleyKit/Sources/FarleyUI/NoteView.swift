import FarleyKit
import SwiftUI

/// A note and what others say to it.
struct NoteView: View {
  @Bindable var model: TextModel
  @Environment(\.scenePhase) private var scenePhase

  var body: some View {
    Form {
      if let message = model.message { MessageView(message: message) { await model.load() } }
      NoteState(model: model)
      Section {
        TextField(LocalizedStringKey(.noteHeading), text: $model.heading)
        TextField(LocalizedStringKey(.notePlaceholder), text: $model.body, axis: .vertical)
          .frame(minHeight: 160, alignment: .leading)
      } footer: {
        if model.id != nil { Text(model.byline) }
      }
      if model.id != nil { CommentsSection(model: model) }
      if model.dirty {
        Section {
          Button(.formDiscard, role: .destructive) { Task { await model.discardTapped() } }
            .frame(minHeight: touchTarget)
        } footer: {
          Text(.formDraftKept)
        }
      }
    }
    .navigationTitle(model.id == nil ? .noteNew : .noteTitle)
    .task(id: model.trigger) { await model.load() }
    .onChange(of: scenePhase) { _, phase in
      if phase != .active { Task { await model.flush() } }
    }
    .toolbar {
      ToolbarItem(placement: .confirmationAction) {
        Button(.noteSave) { Task { await model.saveTapped() } }
          .disabled(!model.canSave)
          .keyboardShortcut("s")
      }
    }
  }
}

struct NoteState: View {
  let model: TextModel

  var body: some View {
    if model.draftFrom != nil || model.alsoWrote != nil || model.isWaiting {
      Section {
        if let draft = model.draftFrom { Label(draft, systemImage: "pencil.line") }
        if let other = model.alsoWrote { Label(other, systemImage: "arrow.triangle.merge") }
        if model.isWaiting { Label(.transferWaiting, systemImage: "arrow.up.circle") }
      }
    }
  }
}

struct CommentsSection: View {
  @Bindable var model: TextModel

  var body: some View {
    Section(.noteComments) {
      if model.comments.isEmpty { Text(.noteNoComments).foregroundStyle(.secondary) }
      ForEach(model.comments) { comment in
        VStack(alignment: .leading) {
          Text(comment.text)
          Text(comment.byline).font(.caption).foregroundStyle(.secondary)
        }
        .accessibilityElement(children: .combine)
      }
      TextField(LocalizedStringKey(.noteCommentPlaceholder), text: $model.comment, axis: .vertical)
      Button(.noteCommentSave, systemImage: "paperplane") { Task { await model.commentTapped() } }
        .disabled(!model.canComment)
        .frame(minHeight: touchTarget)
    }
  }
}
