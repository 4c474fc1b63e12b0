import FarleyKit
import SwiftUI

/// What is to be done, and by when.
struct TasksView: View {
  @Bindable var model: TasksModel

  var body: some View {
    List {
      if let message = model.message { MessageView(message: message) { await model.load() } }
      Picker(LocalizedStringKey(.taskTitle), selection: $model.filter) {
        Text(.taskOpen).tag(TasksModel.Filter.open)
        Text(.taskDone).tag(TasksModel.Filter.done)
      }
      .pickerStyle(.segmented)
      if model.filter == .open { TaskAdd(model: model) }
      ForEach(model.rows) { row in TaskLine(model: model, row: row) }
      if model.isEmpty {
        EmptyListView(
          title: model.filter == .open ? .taskEmpty : .taskEmptyDone, hint: nil, systemImage: "checkmark.circle"
        ) {}
      }
    }
    .navigationTitle(.taskTitle)
    .task(id: model.trigger) { await model.load() }
    .refreshable { await model.load() }
    .toolbar {
      ToolbarItem(placement: .topBarTrailing) { SyncMark(session: model.session) }
      ToolbarItem(placement: .bottomBar) {
        Button(.taskNew, systemImage: "plus") { model.createTapped() }
          .labelStyle(.titleAndIcon)
          .keyboardShortcut("n")
      }
    }
  }
}

struct TaskAdd: View {
  @Bindable var model: TasksModel

  var body: some View {
    HStack {
      TextField(LocalizedStringKey(.taskSubjectPlaceholder), text: $model.subject)
        .onSubmit { Task { await model.addTapped() } }
      Button(.commonAdd, systemImage: "plus.circle.fill") { Task { await model.addTapped() } }
        .labelStyle(.iconOnly)
        .disabled(!model.canAdd)
        .frame(minWidth: touchTarget, minHeight: touchTarget)
    }
  }
}

struct TaskLine: View {
  let model: TasksModel
  let row: ListRow

  var body: some View {
    HStack {
      Button {
        Task { await model.doneTapped(row) }
      } label: {
        Image(systemName: model.filter == .open ? "circle" : "checkmark.circle.fill").font(.title2)
      }
      .frame(minWidth: touchTarget, minHeight: touchTarget)
      .accessibilityLabel(model.filter == .open ? Text(.taskMarkDoneWhat(row.title)) : Text(.taskReopen))
      RowButton(row: row, overdue: model.overdue.contains(row.id)) { model.rowTapped(row) }
    }
    .buttonStyle(.plain)
    .swipeActions {
      Button(.todayTomorrow) { Task { await model.tomorrowTapped(row) } }
    }
  }
}
