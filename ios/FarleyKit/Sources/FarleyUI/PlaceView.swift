import FarleyKit
import SwiftUI

extension Place {
  var symbol: String {
    switch self {
    case .today: "sun.max"
    case .contacts: "person.2"
    case .companies: "building.2"
    case .search: "magnifyingglass"
    case .visits: "figure.walk"
    case .tasks: "checklist"
    case .notes: "note.text"
    case .conflicts: "arrow.triangle.branch"
    case .sync: "arrow.up.arrow.down.circle"
    case .settings: "gearshape"
    case .more: "ellipsis"
    }
  }
}

/// The screen of a place. Keeps its model as long as the place is shown.
struct PlaceView: View {
  let session: Session
  let version: String
  let place: Place

  var body: some View {
    switch place {
    case .today: Kept(TodayModel(session)) { TodayView(model: $0) }
    case .tasks: Kept(TasksModel(session)) { TasksView(model: $0) }
    case .conflicts: Kept(ConflictsModel(session)) { ConflictsView(model: $0) }
    case .sync: Kept(SyncModel(session)) { SyncView(model: $0) }
    case .settings: Kept(SettingsModel(session, version: version)) { SettingsView(model: $0) }
    case .more: MoreView(session: session)
    case .contacts, .companies, .visits, .notes, .search:
      Kept(ListModel(session, kind: place.kind)) { ListView(model: $0) }
    }
  }
}

/// The screen of a route.
struct RouteView: View {
  let session: Session
  let version: String
  let route: Route

  var body: some View {
    switch route {
    case .place(let place): PlaceView(session: session, version: version, place: place)
    case .record(let kind, let id): Kept(RecordModel(session, kind: kind, id: id)) { RecordView(model: $0) }
    case .edit(let kind, let id): Kept(FormModel(session, kind: kind, id: id)) { FormView(model: $0) }
    case .create(let kind, let about):
      Kept(FormModel(session, kind: kind, id: nil, about: about)) { FormView(model: $0) }
    case .newVisit(let about):
      Kept(FormModel(session, kind: "visit", id: nil, about: about)) { FormView(model: $0) }
    case .note(let id): Kept(TextModel(session, id: id)) { NoteView(model: $0) }
    case .newNote(let about): Kept(TextModel(session, about: about)) { NoteView(model: $0) }
    case .visit(let id): Kept(VisitModel(session, id: id)) { VisitView(model: $0) }
    case .trash(let kind): Kept(ListModel(session, kind: kind, trash: true)) { ListView(model: $0) }
    }
  }
}

/// Makes a model once and keeps it while its screen is there.
struct Kept<Model: AnyObject, Content: View>: View {
  @State private var model: Model
  private let content: @MainActor (Model) -> Content

  init(_ model: @autoclosure () -> Model, @ViewBuilder content: @escaping @MainActor (Model) -> Content) {
    _model = State(initialValue: model())
    self.content = content
  }

  var body: some View { content(model) }
}

/// On a phone: the places that have no tab.
struct MoreView: View {
  let session: Session

  var body: some View {
    List {
      ForEach(Place.rest, id: \.self) { place in
        Button {
          session.routes.push(.place(place))
        } label: {
          Label(place.title, systemImage: place.symbol)
            .badge(place == .conflicts ? session.conflictCount : 0)
            .frame(minHeight: touchTarget)
        }
      }
    }
    .navigationTitle(.navMore)
  }
}
