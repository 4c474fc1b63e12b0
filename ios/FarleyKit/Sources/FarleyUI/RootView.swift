import FarleyKit
import SwiftUI

/// The whole app: connecting once, then two panes where there is room and tabs where there is not.
public struct RootView<Scanner: View>: View {
  private let model: RootModel
  private let scanner: @MainActor (_ found: @escaping @MainActor (String) -> Void) -> Scanner
  @Environment(\.scenePhase) private var scenePhase

  public init(
    model: RootModel,
    @ViewBuilder scanner: @escaping @MainActor (_ found: @escaping @MainActor (String) -> Void) -> Scanner
  ) {
    self.model = model
    self.scanner = scanner
  }

  public var body: some View {
    Group {
      if model.isLocked {
        LockView(model: model)
      } else {
        content
      }
    }
    .overlay {
      if model.isCovered { CoverView() }
    }
    .task { await model.start() }
    .onOpenURL { model.opened($0) }
    .onChange(of: scenePhase) { _, phase in
      switch phase {
      case .active: Task { await model.becameActive() }
      case .inactive: model.becameInactive()
      case .background: Task { await model.wentToBackground() }
      @unknown default: break
      }
    }
  }

  @ViewBuilder private var content: some View {
    switch model.phase {
    case .starting: ProgressView(LocalizedStringKey(.commonLoading))
    case .enrol(let enrol): EnrolView(model: enrol, scanner: scanner)
    case .failed(let message): FailedView(model: model, message: message)
    case .ready(let session): SessionView(session: session, version: model.version)
    }
  }
}

/// Covers the app in the switcher.
struct CoverView: View {
  var body: some View {
    Label(.lockCovered, systemImage: "lock.shield")
      .font(.largeTitle)
      .frame(maxWidth: .infinity, maxHeight: .infinity)
      .background(.thickMaterial)
  }
}

struct LockView: View {
  let model: RootModel

  var body: some View {
    ContentUnavailableView {
      Label(.lockTitle, systemImage: "lock")
    } description: {
      Text(model.lockMessage ?? .lockReason)
    } actions: {
      Button(.lockUnlock) { Task { await model.unlockTapped() } }
        .buttonStyle(.borderedProminent)
        .controlSize(.large)
    }
    .task { await model.unlockTapped() }
  }
}

/// The data on this device cannot be opened: in words, with nothing deleted.
struct FailedView: View {
  let model: RootModel
  let message: UserMessage

  var body: some View {
    ContentUnavailableView {
      Label(message.text, systemImage: "exclamationmark.triangle")
    } actions: {
      Button(.commonRetry) { Task { await model.start() } }
        .buttonStyle(.borderedProminent)
    }
  }
}

struct SessionView: View {
  let session: Session
  let version: String
  @Environment(\.horizontalSizeClass) private var width

  var body: some View {
    Group {
      if width == .regular {
        SplitView(session: session, version: version)
      } else {
        PhoneView(session: session, version: version)
      }
    }
    .safeAreaInset(edge: .bottom) { NoticeView(session: session) }
    .sheet(isPresented: Binding(get: { session.call?.offered ?? false }, set: { _ in })) {
      if let call = session.call { CallView(call: call) }
    }
    .sheet(isPresented: Binding(get: { session.importing != nil }, set: { _ in })) {
      if let model = session.importing { ImportView(model: model) }
    }
  }
}

struct PhoneView: View {
  @Bindable var routes: Routes
  let session: Session
  let version: String

  init(session: Session, version: String) {
    self.session = session
    self.version = version
    routes = session.routes
  }

  var body: some View {
    TabView(selection: $routes.place) {
      ForEach(Place.tabs, id: \.self) { place in
        NavigationStack(
          path: Binding(get: { routes.path(of: place) }, set: { routes.setPath($0, of: place) })
        ) {
          PlaceView(session: session, version: version, place: place)
            .navigationDestination(for: Route.self) { route in
              RouteView(session: session, version: version, route: route).id(route)
            }
        }
        .tabItem { Label(place.title, systemImage: place.symbol) }
        .badge(place == .more ? session.conflictCount : 0)
        .tag(place)
      }
    }
  }
}

struct SplitView: View {
  @Bindable var routes: Routes
  let session: Session
  let version: String

  init(session: Session, version: String) {
    self.session = session
    self.version = version
    routes = session.routes
  }

  var body: some View {
    NavigationSplitView {
      List(selection: Binding<Place?>(get: { routes.place }, set: { if let place = $0 { routes.place = place } })) {
        ForEach(Place.sidebar, id: \.self) { place in
          Label(place.title, systemImage: place.symbol)
            .badge(place == .conflicts ? session.conflictCount : 0)
            .tag(place)
        }
      }
      .listStyle(.sidebar)
      .navigationTitle(.appName)
    } content: {
      PlaceView(session: session, version: version, place: routes.place == .more ? .today : routes.place)
        .id(routes.place)
    } detail: {
      NavigationStack(path: $routes.path) {
        EmptyListView(title: .navPickOne, hint: nil, systemImage: "sidebar.left") {}
          .navigationDestination(for: Route.self) { route in
            RouteView(session: session, version: version, route: route).id(route)
          }
      }
    }
  }
}
