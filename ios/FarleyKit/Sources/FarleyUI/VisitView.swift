import FarleyKit
import SwiftUI

/// A visit, from the door to the next step.
struct VisitView: View {
  @Bindable var model: VisitModel
  @Environment(\.scenePhase) private var scenePhase

  var body: some View {
    Form {
      if let message = model.message { MessageView(message: message) { await model.load() } }
      if model.loaded {
        VisitHead(model: model)
        if model.stage != .planned {
          VisitReport(model: model)
          VisitOutcome(model: model)
          VisitNextStep(model: model)
          VisitEnd(model: model)
        }
      }
    }
    .navigationTitle(Text(verbatim: model.title))
    .task(id: model.trigger) { await model.load() }
    .onChange(of: scenePhase) { _, phase in
      if phase != .active { Task { await model.flush() } }
    }
    .toolbar {
      ToolbarItem(placement: .primaryAction) { Button(.commonEdit) { model.editTapped() } }
      ToolbarItem(placement: .confirmationAction) {
        Button(.commonSave) { Task { await model.saveTapped() } }
          .disabled(!model.dirty || model.busy)
          .keyboardShortcut("s")
      }
    }
  }
}

struct VisitHead: View {
  let model: VisitModel

  var body: some View {
    Section {
      if let draft = model.draftFrom { Label(draft, systemImage: "pencil.line") }
      if model.when.isEmpty { Text(.visitNotPlanned) } else { Text(.visitPlanned(model.when)) }
      if !model.place.isEmpty { Text(model.place) }
      if model.isWaiting { Label(.transferWaiting, systemImage: "arrow.up.circle") }
      switch model.stage {
      case .planned:
        Button(.visitStart, systemImage: "figure.walk.arrival") { Task { await model.startTapped() } }
          .buttonStyle(.borderedProminent)
          .controlSize(.large)
          .disabled(model.busy)
        if model.isPlanned {
          Button(.recordCalendar, systemImage: "calendar.badge.plus") { Task { await model.calendarTapped() } }
            .frame(minHeight: touchTarget)
        }
      case .running:
        if let started = model.startedText { Label(started, systemImage: "timer") }
      case .ended:
        if let lasted = model.lastedText { Label(lasted, systemImage: "checkmark.circle") }
      }
    }
  }
}

struct VisitReport: View {
  @Bindable var model: VisitModel

  var body: some View {
    Section {
      TextField(LocalizedStringKey(.visitReportPlaceholder), text: $model.report, axis: .vertical)
        .frame(minHeight: 160, alignment: .leading)
    } header: {
      Text(.visitReport)
    } footer: {
      Text(.visitSavedWhileTyping)
    }
  }
}

struct VisitOutcome: View {
  @Bindable var model: VisitModel

  var body: some View {
    Section {
      ForEach(model.outcomes, id: \.key) { outcome in
        Button {
          model.outcome = outcome.key
        } label: {
          HStack {
            Text(outcome.label)
            Spacer()
            if model.outcome == outcome.key { Image(systemName: "checkmark") }
          }
          .frame(minHeight: touchTarget)
        }
        .accessibilityAddTraits(model.outcome == outcome.key ? .isSelected : [])
      }
    } header: {
      Text(.visitOutcome)
    } footer: {
      Text(.visitOutcomeHint)
    }
  }
}

struct VisitNextStep: View {
  @Bindable var model: VisitModel

  var body: some View {
    Section {
      TextField(LocalizedStringKey(.visitNextStepPlaceholder), text: $model.nextStep)
      if !model.nextStep.isEmpty {
        Button(.visitNextWeek) { model.nextWeekTapped() }.frame(minHeight: touchTarget)
        Button(.visitNextMonth) { model.nextMonthTapped() }.frame(minHeight: touchTarget)
        if !model.nextStepWhen.isEmpty { Label(.taskDue(model.nextStepWhen), systemImage: "calendar") }
      }
    } header: {
      Text(.visitNextStep)
    }
  }
}

struct VisitEnd: View {
  let model: VisitModel

  var body: some View {
    if model.stage == .running {
      Section {
        Button(.visitEnd, systemImage: "flag.checkered") { Task { await model.endTapped() } }
          .buttonStyle(.borderedProminent)
          .controlSize(.large)
          .disabled(model.busy)
      }
    }
  }
}
