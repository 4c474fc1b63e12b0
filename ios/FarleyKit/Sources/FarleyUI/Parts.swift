import FarleyKit
import SwiftUI

/// Smallest side of what a gloved finger must hit, in points.
let touchTarget: CGFloat = 44

/// One row of any list: title, what matters, and whether the office has it.
struct RowView: View {
  let row: ListRow
  var overdue = false

  var body: some View {
    HStack(alignment: .firstTextBaseline) {
      VStack(alignment: .leading) {
        Text(row.title).font(.headline).lineLimit(2)
        ForEach(row.lines, id: \.self) { line in
          Text(line).font(.subheadline).foregroundStyle(.secondary).lineLimit(1)
        }
        if overdue { Text(.taskOverdue).font(.subheadline).foregroundStyle(.red) }
      }
      Spacer()
      RowMarks(row: row)
    }
    .frame(minHeight: touchTarget)
  }
}

/// Fresh, two versions, not sent yet: a sign for the eye, words for the ear.
struct RowMarks: View {
  let row: ListRow

  var body: some View {
    HStack(spacing: 6) {
      if row.fresh {
        Image(systemName: "circle.fill").font(.caption).foregroundStyle(.tint)
          .accessibilityLabel(.listFresh)
      }
      if row.conflicts > 0 {
        Image(systemName: "arrow.triangle.branch").foregroundStyle(.orange)
          .accessibilityLabel(.transferVersions(row.conflicts))
      }
      if row.waiting {
        Image(systemName: "arrow.up.circle").foregroundStyle(.secondary)
          .accessibilityLabel(.transferWaiting)
      }
    }
  }
}

/// A row that opens something.
struct RowButton: View {
  let row: ListRow
  var overdue = false
  let action: @MainActor () -> Void

  var body: some View {
    Button(action: action) { RowView(row: row, overdue: overdue) }.buttonStyle(.plain)
  }
}

/// What went wrong and what helps.
struct MessageView: View {
  let message: UserMessage
  var retry: (@MainActor () async -> Void)?

  var body: some View {
    Section {
      Label(message.text, systemImage: "exclamationmark.triangle").foregroundStyle(.red)
      if let retry, message.remedy == .retry || message.remedy == .reload {
        Button(message.remedy == .retry ? .commonRetry : .commonReload, systemImage: "arrow.clockwise") {
          Task { await retry() }
        }
        .frame(minHeight: touchTarget)
      }
    }
  }
}

/// A list without rows says what belongs here and what to do.
struct EmptyListView<Actions: View>: View {
  let title: Phrase
  let hint: Phrase?
  let systemImage: String
  @ViewBuilder let actions: () -> Actions

  var body: some View {
    ContentUnavailableView {
      Label(title, systemImage: systemImage)
    } description: {
      if let hint { Text(hint) }
    } actions: {
      actions()
    }
  }
}

/// After an edit: one line and the way back, at the bottom where the thumb is.
struct NoticeView: View {
  let session: Session

  var body: some View {
    if let notice = session.notice {
      HStack {
        Text(notice.text).lineLimit(2)
        Spacer()
        if let undo = notice.undo {
          Button(.commonUndo) {
            session.dismissNotice(notice.id)
            Task { await undo() }
          }
          .frame(minWidth: touchTarget, minHeight: touchTarget)
        }
        Button(.commonClose, systemImage: "xmark") { session.dismissNotice(notice.id) }
          .labelStyle(.iconOnly)
          .frame(minWidth: touchTarget, minHeight: touchTarget)
      }
      .padding(12)
      .accessibilityAddTraits(.updatesFrequently)
    }
  }
}

/// How it stands with the office, in every place's bar.
struct SyncMark: View {
  let session: Session

  var body: some View {
    let sync = SyncModel(session)
    Button {
      session.routes.push(.place(.sync))
    } label: {
      Image(systemName: sync.trouble == nil ? "arrow.up.arrow.down.circle" : "exclamationmark.arrow.circlepath")
    }
    .accessibilityLabel(sync.mark)
  }
}
