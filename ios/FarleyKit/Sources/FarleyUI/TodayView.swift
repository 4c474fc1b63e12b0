import FarleyKit
import SwiftUI

/// What a person looks at first.
struct TodayView: View {
  let model: TodayModel

  var body: some View {
    List {
      if let message = model.message { MessageView(message: message) { await model.load() } }
      if !model.drafts.isEmpty { DraftsSection(model: model) }
      if !model.overdue.isEmpty { TodayTasks(model: model, title: .todayOverdue, rows: model.overdue, overdue: true) }
      if !model.visits.isEmpty { TodayVisits(model: model) }
      if !model.due.isEmpty { TodayTasks(model: model, title: .todayDue, rows: model.due) }
      if model.isEmpty {
        EmptyListView(title: .todayNothing, hint: .todayNothingHint, systemImage: "sun.max") {}
      }
    }
    .navigationTitle(.todayTitle)
    .task(id: model.trigger) { await model.load() }
    .refreshable { await model.load() }
    .toolbar {
      ToolbarItem(placement: .topBarTrailing) { SyncMark(session: model.session) }
      ToolbarItem(placement: .bottomBar) {
        Button(.todayPlanVisit, systemImage: "calendar.badge.plus") { model.planVisitTapped() }
          .labelStyle(.titleAndIcon)
      }
      ToolbarItem(placement: .bottomBar) {
        Button(.todayNewTask, systemImage: "checklist") { model.newTaskTapped() }
          .labelStyle(.titleAndIcon)
          .keyboardShortcut("n")
      }
    }
  }
}

struct TodayTasks: View {
  let model: TodayModel
  let title: Phrase
  let rows: [ListRow]
  var overdue = false

  var body: some View {
    Section(title) {
      ForEach(rows) { row in
        HStack {
          Button {
            Task { await model.doneTapped(row) }
          } label: {
            Image(systemName: "circle").font(.title2)
          }
          .frame(minWidth: touchTarget, minHeight: touchTarget)
          .accessibilityLabel(.taskMarkDoneWhat(row.title))
          RowButton(row: row, overdue: overdue) { model.rowTapped(row) }
        }
        .buttonStyle(.plain)
        .swipeActions {
          Button(.todayTomorrow) { Task { await model.tomorrowTapped(row) } }
          Button(.todayWeek) { Task { await model.nextWeekTapped(row) } }
        }
      }
    }
  }
}

struct TodayVisits: View {
  let model: TodayModel

  var body: some View {
    Section(.todayVisits) {
      ForEach(model.visits) { row in
        RowButton(row: row) { model.rowTapped(row) }
      }
    }
  }
}

struct DraftsSection: View {
  let model: TodayModel

  var body: some View {
    Section(.todayDrafts) {
      ForEach(model.drafts) { draft in
        Button {
          model.draftTapped(draft)
        } label: {
          VStack(alignment: .leading) {
            Text(draft.title).font(.headline).lineLimit(2)
            Text(draft.when).font(.subheadline).foregroundStyle(.secondary)
          }
          .frame(minHeight: touchTarget)
        }
        .buttonStyle(.plain)
        .accessibilityHint(.todayDraftOpen)
      }
    }
  }
}
