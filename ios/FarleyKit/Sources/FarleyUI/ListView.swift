import FarleyKit
import SwiftUI

/// All records of a kind, the trash of a kind, or the search over everything.
struct ListView: View {
  @Bindable var model: ListModel

  var body: some View {
    List {
      if let message = model.message { MessageView(message: message) { await model.load() } }
      if let total = model.total, !model.isEmpty {
        Text(model.kind == nil ? .searchResults(total) : .listCount(total))
          .font(.footnote).foregroundStyle(.secondary)
      }
      if model.freshCount > 0 { FreshRow(model: model) }
      ForEach(model.rows) { row in
        ListRowView(model: model, row: row)
      }
      if model.hasMore {
        Button(.commonShowMore) { Task { await model.showMore() } }
          .frame(minHeight: touchTarget)
          .task { await model.showMore() }
      }
      ListEmpty(model: model)
    }
    .searchable(text: $model.search, prompt: prompt)
    .task(id: model.trigger) { await model.load() }
    .refreshable { await model.load() }
    .navigationTitle(model.trash ? Text(.listTrash) : Text(verbatim: model.title))
    .toolbar {
      ToolbarItem(placement: .topBarTrailing) { SyncMark(session: model.session) }
      if model.kind != nil, !model.trash {
        ToolbarItem(placement: .topBarTrailing) { ListMenu(model: model) }
      }
      if let kind = model.kind, !model.trash {
        ToolbarItem(placement: .bottomBar) {
          Button(.listCreate(model.session.schema.one(kind)), systemImage: "plus") { model.createTapped() }
            .labelStyle(.titleAndIcon)
            .keyboardShortcut("n")
        }
      }
    }
  }

  private var prompt: Text {
    model.kind == nil ? Text(.searchPrompt) : Text(.listSearchIn(model.title))
  }
}

struct ListRowView: View {
  let model: ListModel
  let row: ListRow

  var body: some View {
    if model.trash {
      HStack {
        RowView(row: row)
        Button(.recordRestore) { Task { await model.restoreTapped(row) } }
          .buttonStyle(.bordered)
          .frame(minHeight: touchTarget)
      }
    } else {
      RowButton(row: row) { model.rowTapped(row) }
    }
  }
}

struct FreshRow: View {
  let model: ListModel

  var body: some View {
    HStack {
      Text(.listFreshCount(model.freshCount)).font(.footnote)
      Spacer()
      Button(.listMarkSeen) { Task { await model.allSeenTapped() } }
        .buttonStyle(.bordered)
        .frame(minHeight: touchTarget)
    }
  }
}

struct ListMenu: View {
  @Bindable var model: ListModel

  var body: some View {
    Menu {
      Picker(LocalizedStringKey(.listSortLabel), selection: $model.order) {
        Text(.listSortName).tag(ListModel.Order.name)
        Text(.listSortChanged).tag(ListModel.Order.changed)
      }
      Button(.listTrash, systemImage: "trash") { model.trashTapped() }
    } label: {
      Label(.commonMoreActions, systemImage: "ellipsis.circle")
    }
  }
}

struct ListEmpty: View {
  let model: ListModel

  var body: some View {
    if model.waitsForWords {
      EmptyListView(title: .searchTitle, hint: .searchHint, systemImage: "magnifyingglass") {}
    } else if model.isEmpty, !model.search.isEmpty {
      EmptyListView(title: .searchNothing, hint: .searchNothingHint, systemImage: "magnifyingglass") {}
    } else if model.isEmpty, model.trash {
      EmptyListView(title: .listEmptyTrash, hint: nil, systemImage: "trash") {}
    } else if model.isEmpty {
      EmptyListView(title: title, hint: .listEmptyHint, systemImage: "tray") {
        Button(.listCreate(model.session.schema.one(model.kind ?? ""))) { model.createTapped() }
          .buttonStyle(.borderedProminent)
      }
    }
  }

  private var title: Phrase {
    switch model.kind {
    case "contact": .listEmptyContact
    case "company": .listEmptyCompany
    case "note": .listEmptyNote
    case "visit": .listEmptyVisit
    case "task": .listEmptyTask
    default: .listEmptyOther
    }
  }
}
