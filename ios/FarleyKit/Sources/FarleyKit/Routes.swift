import Foundation
import Observation

/// Where the app's five tabs and the sidebar lead.
public enum Place: String, CaseIterable, Hashable, Sendable {
  case today, contacts, companies, search, visits, tasks, notes, conflicts, sync, settings, more

  /// On a phone: four places and the rest.
  public static let tabs: [Place] = [.today, .contacts, .companies, .search, .more]
  /// Behind "more" on a phone.
  public static let rest: [Place] = [.visits, .tasks, .notes, .conflicts, .sync, .settings]
  /// On a tablet.
  public static let sidebar: [Place] = [
    .today, .search, .contacts, .companies, .visits, .tasks, .notes, .conflicts, .sync, .settings,
  ]

  public var title: Phrase {
    switch self {
    case .today: .navToday
    case .contacts: .navContacts
    case .companies: .navCompanies
    case .search: .navSearch
    case .visits: .navVisits
    case .tasks: .navTasks
    case .notes: .navNotes
    case .conflicts: .navConflicts
    case .sync: .navSync
    case .settings: .navSettings
    case .more: .navMore
    }
  }

  /// Kind of the list it shows.
  public var kind: String? {
    switch self {
    case .contacts: "contact"
    case .companies: "company"
    case .visits: "visit"
    case .notes: "note"
    default: nil
    }
  }
}

/// A screen above a place.
public enum Route: Hashable, Sendable {
  case place(Place)
  case record(kind: String, id: String)
  case edit(kind: String, id: String)
  /// `about` is the record it is made for.
  case create(kind: String, about: String?)
  case note(id: String)
  case newNote(about: String?)
  case visit(id: String)
  case newVisit(about: String?)
  case trash(kind: String)

  /// The screen of a record of this kind.
  public static func screen(kind: String, id: String) -> Route {
    switch kind {
    case "note": .note(id: id)
    case "visit": .visit(id: id)
    default: .record(kind: kind, id: id)
    }
  }

  /// One word and its parts, for the saved state: `record contact 0190…`.
  var line: String {
    switch self {
    case .place(let place): "place \(place.rawValue)"
    case .record(let kind, let id): "record \(kind) \(id)"
    case .edit(let kind, let id): "edit \(kind) \(id)"
    case .create(let kind, let about): "create \(kind) \(about ?? "-")"
    case .note(let id): "note \(id)"
    case .newNote(let about): "new-note \(about ?? "-")"
    case .visit(let id): "visit \(id)"
    case .newVisit(let about): "new-visit \(about ?? "-")"
    case .trash(let kind): "trash \(kind)"
    }
  }

  /// Nothing for what this version does not know: the screen is then simply not restored.
  init?(line: String) {
    let parts = line.split(separator: " ").map(String.init)
    func about(_ text: String) -> String? { text == "-" ? nil : text }
    switch (parts.first, parts.count) {
    case ("place", 2):
      guard let place = Place(rawValue: parts[1]) else { return nil }
      self = .place(place)
    case ("record", 3): self = .record(kind: parts[1], id: parts[2])
    case ("edit", 3): self = .edit(kind: parts[1], id: parts[2])
    case ("create", 3): self = .create(kind: parts[1], about: about(parts[2]))
    case ("note", 2): self = .note(id: parts[1])
    case ("new-note", 2): self = .newNote(about: about(parts[1]))
    case ("visit", 2): self = .visit(id: parts[1])
    case ("new-visit", 2): self = .newVisit(about: about(parts[1]))
    case ("trash", 2): self = .trash(kind: parts[1])
    default: return nil
    }
  }

  /// A link into the app: `farley://record/contact/<id>`. Enrolment links are not routes.
  public init?(url: URL) {
    guard url.scheme == "farley", url.host() == "record" else { return nil }
    let parts = url.pathComponents.filter { $0 != "/" }
    guard parts.count == 2, (1...40).contains(parts[0].count), UUID(uuidString: parts[1]) != nil,
      parts[0].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
    else { return nil }
    self = .screen(kind: parts[0], id: parts[1].lowercased())
  }
}

/// Where a person is: one place, and the screens opened on it. The same state serves one pane and two: rotation and
/// split screen keep it.
@MainActor @Observable public final class Routes {
  public var place: Place = .today
  private var opened: [Place: [Route]] = [:]

  public init() {}

  /// The screens above the place.
  public var path: [Route] {
    get { path(of: place) }
    set { setPath(newValue, of: place) }
  }

  public func path(of place: Place) -> [Route] { opened[place] ?? [] }
  public func setPath(_ path: [Route], of place: Place) { opened[place] = path }

  /// From a list: what stood beside it goes.
  public func open(_ route: Route) { path = [route] }

  /// From a record's page: goes one deeper.
  public func push(_ route: Route) {
    if path.last != route { path.append(route) }
  }

  public func back() {
    if !path.isEmpty { path.removeLast() }
  }

  /// A form that was saved gives way to what it made.
  public func replace(with route: Route) {
    back()
    push(route)
  }

  /// For the time after the process was ended: one line for each open screen.
  public var saved: String { ([place.rawValue] + path.map(\.line)).joined(separator: "\n") }

  public func restore(_ saved: String) {
    let lines = saved.split(separator: "\n").map(String.init)
    guard let first = lines.first, let place = Place(rawValue: first) else { return }
    self.place = place
    path = lines.dropFirst().compactMap { Route(line: $0) }
  }
}
