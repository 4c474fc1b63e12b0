import FarleyKit
import SwiftUI

/// A record's page: how to reach them, what is known, what happened.
struct RecordView: View {
  @Bindable var model: RecordModel

  var body: some View {
    List {
      if let message = model.message { MessageView(message: message) { await model.load() } }
      if model.loaded, model.message == nil {
        RecordHead(model: model)
        if !model.reaches.isEmpty { RecordReaches(model: model) }
        RecordFacts(model: model)
        RecordTimeline(model: model)
        RecordEnd(model: model)
      }
    }
    .navigationTitle(Text(verbatim: model.title))
    .task(id: model.trigger) { await model.load() }
    .refreshable { await model.load() }
    .toolbar {
      ToolbarItem(placement: .primaryAction) {
        Button(.commonEdit) { model.editTapped() }.keyboardShortcut("e")
      }
      ToolbarItem(placement: .bottomBar) {
        Button(.recordNewNote, systemImage: "square.and.pencil") { model.newNoteTapped() }
          .labelStyle(.titleAndIcon)
      }
      ToolbarItem(placement: .bottomBar) {
        Button(.recordNewTask, systemImage: "checklist") { model.newTaskTapped() }
          .labelStyle(.titleAndIcon)
      }
      ToolbarItem(placement: .bottomBar) {
        Button(.recordNewVisit, systemImage: "calendar.badge.plus") { model.newVisitTapped() }
          .labelStyle(.titleAndIcon)
      }
    }
    .sheet(item: $model.history) { history in HistoryView(history: history) }
  }
}

struct RecordHead: View {
  let model: RecordModel

  var body: some View {
    Section {
      VStack(alignment: .leading) {
        Label(model.transfer, systemImage: model.isWaiting ? "arrow.up.circle" : "checkmark.circle")
        Text(model.byline).font(.footnote).foregroundStyle(.secondary)
        if model.removed { Label(.recordInTrash, systemImage: "trash").foregroundStyle(.orange) }
      }
      .accessibilityElement(children: .combine)
      if model.conflicts > 0 {
        Button(.transferVersions(model.conflicts), systemImage: "arrow.triangle.branch") { model.versionsTapped() }
          .frame(minHeight: touchTarget)
      }
    }
  }
}

struct RecordReaches: View {
  let model: RecordModel

  var body: some View {
    Section {
      ForEach(model.reaches) { reach in
        Button(reach.title, systemImage: symbol(reach.way)) { model.reachTapped(reach) }
          .frame(minHeight: touchTarget)
      }
    }
  }

  private func symbol(_ way: RecordModel.Reach.Way) -> String {
    switch way {
    case .call: "phone"
    case .message: "message"
    case .mail: "envelope"
    case .map: "map"
    case .web: "safari"
    }
  }
}

struct RecordFacts: View {
  @Bindable var model: RecordModel

  var body: some View {
    ForEach(model.sections) { section in
      Section {
        ForEach(section.facts) { fact in FactRow(model: model, fact: fact) }
      } header: {
        Text(section.title)
      }
    }
    Section {
      Button(model.showsEmpty ? .recordHideEmpty : .recordShowEmpty) { model.showsEmpty = !model.showsEmpty }
        .frame(minHeight: touchTarget)
    }
  }
}

struct FactRow: View {
  let model: RecordModel
  let fact: RecordModel.Fact

  var body: some View {
    Button {
      Task { await model.factTapped(fact) }
    } label: {
      VStack(alignment: .leading) {
        Text(fact.label).font(.caption).foregroundStyle(.secondary)
        Text(fact.text)
        if let problem = fact.problem { Text(problem).font(.caption).foregroundStyle(.orange) }
        if fact.hasVersions { Label(.recordTwoVersions, systemImage: "arrow.triangle.branch").foregroundStyle(.orange) }
      }
      .frame(minHeight: touchTarget, alignment: .leading)
    }
    .buttonStyle(.plain)
    .accessibilityHint(fact.hasVersions ? .recordLookAtVersions : .recordEarlier)
  }
}

struct RecordTimeline: View {
  let model: RecordModel

  var body: some View {
    Section(.recordTimeline) {
      if model.timeline.isEmpty { Text(.recordNoTimeline).foregroundStyle(.secondary) }
      ForEach(model.timeline) { event in
        Button {
          model.eventTapped(event)
        } label: {
          VStack(alignment: .leading) {
            Text(event.kind).font(.caption).foregroundStyle(.secondary)
            Text(event.row.title).font(.headline).lineLimit(2)
            if !event.text.isEmpty, event.text != event.row.title { Text(event.text).lineLimit(3) }
            Text(event.byline).font(.caption).foregroundStyle(.secondary)
            RowMarks(row: event.row)
          }
        }
        .buttonStyle(.plain)
      }
    }
  }
}

struct RecordEnd: View {
  let model: RecordModel
  @State private var card: URL?

  var body: some View {
    Section {
      if model.kind == "contact" || model.kind == "company" {
        if let card {
          ShareLink(item: card) { Label(.commonShare, systemImage: "square.and.arrow.up") }
        } else {
          Button(.recordShareCard, systemImage: "person.crop.rectangle") { Task { card = await model.card() } }
            .frame(minHeight: touchTarget)
        }
      }
      Button(model.removed ? .recordRestore : .recordToTrash, role: model.removed ? nil : .destructive) {
        Task { await model.trashTapped() }
      }
      .frame(minHeight: touchTarget)
    }
  }
}

/// Who changed a field, when it was typed and when the office had it.
struct HistoryView: View {
  let history: RecordModel.History
  @Environment(\.dismiss) private var dismiss

  var body: some View {
    NavigationStack {
      List {
        if history.steps.isEmpty { Text(.recordNoEarlier) }
        ForEach(history.steps) { step in
          VStack(alignment: .leading) {
            Text(step.value)
            Text(step.byline).font(.caption).foregroundStyle(.secondary)
          }
          .accessibilityElement(children: .combine)
        }
      }
      .navigationTitle(history.title)
      .toolbar {
        ToolbarItem(placement: .confirmationAction) { Button(.commonDone) { dismiss() } }
      }
    }
  }
}
