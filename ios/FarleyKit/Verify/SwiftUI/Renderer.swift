// Walks a view and keeps what a person or VoiceOver would meet, and the ways to act on it.
//
// It says nothing of layout, gestures, animation, focus or availability.

@MainActor public final class Node {
  public let kind: String
  public internal(set) var text = ""
  public internal(set) var label: String?
  public internal(set) var value = ""
  public internal(set) var hint: String?
  public internal(set) var identifier: String?
  public internal(set) var title: String?
  public internal(set) var badge: String?
  public internal(set) var shortcut: String?
  public internal(set) var traits: [String] = []
  public internal(set) var hidden = false
  public internal(set) var off = false
  public internal(set) var combine = false
  public internal(set) var tag: Any?
  public internal(set) var action: (@MainActor () -> Void)?
  public internal(set) var set: (@MainActor (Any) -> Void)?
  public internal(set) var submit: (() -> Void)?
  public internal(set) var refresh: (@Sendable () async -> Void)?
  public internal(set) var openURL: ((URL) -> Void)?
  public internal(set) var children: [Node] = []
  init(_ kind: String) { self.kind = kind }

  public var all: [Node] { [self] + children.flatMap(\.all) }
  /// The one element inside of wrappers that only modify; itself if there are several.
  var single: Node { kind.isEmpty && children.count == 1 ? children[0].single : self }
  public var texts: [String] { all.filter { $0.kind == "Text" }.map(\.text) }
  public var isInteractive: Bool { action != nil || set != nil }

  /// What VoiceOver would say for this element.
  public var spoken: String {
    if hidden { return "" }
    if let label { return label }
    // A symbol says nothing unless it was given words.
    let silent = ["SwipeActions", "Options", "MenuItems"]
    let inner = children.filter { !silent.contains($0.kind) && ($0.kind != "Image" || $0.label != nil) }.map(\.spoken)
    return ([kind == "Image" ? "" : text] + inner).filter { !$0.isEmpty }.joined(separator: ", ")
  }

  /// The first element of this kind that says, or is identified by, `said`.
  public func find(_ kind: String? = nil, _ said: String) -> Node? {
    all.first { (kind == nil || $0.kind == kind) && ($0.spoken == said || $0.identifier == said) }
  }

  public func tap() {
    precondition(!off, "\(kind) \(spoken) is disabled")
    action?()
  }

  /// Interactive elements that VoiceOver would announce without any words.
  public var unnamed: [Node] { all.filter { $0.isInteractive && $0.spoken.isEmpty && !$0.hidden } }

  /// What VoiceOver says, one element a line, in the order of a swipe to the right.
  public var readingOrder: [String] {
    if hidden || kind == "SwipeActions" { return [] }
    if isInteractive || combine || label != nil || kind == "Menu" {
      let said = spoken
      var lines = said.isEmpty ? [] : [said]
      if kind == "Menu" { return lines }
      for child in children where child.isInteractive && label == nil && !combine && !isInteractive {
        lines += child.readingOrder
      }
      return lines
    }
    if children.isEmpty { return kind == "Text" && !text.isEmpty ? [text] : [] }
    let heading = title.map { [$0] } ?? []
    return heading + children.flatMap(\.readingOrder)
  }

  /// As text, for people: one element a line, deeper ones further right.
  public func outline(_ depth: Int = 0) -> String {
    let parts = described
    let own = parts.isEmpty ? "" : String(repeating: "  ", count: depth) + parts + "\n"
    let silent = kind == "Image" || (isInteractive && kind != "List" && kind != "Search" && kind != "Picker")
    let inner = silent ? "" : children.map { $0.outline(parts.isEmpty ? depth : depth + 1) }.joined()
    return own + inner
  }

  private var described: String {
    if kind == "Image" || hidden || (kind.isEmpty && title == nil) { return "" }
    if ["Header", "Footer", "Inset", "Overlay"].contains(kind) && all.count == 1 { return "" }
    var words = [kind.isEmpty ? "Screen" : kind]
    if let title { words.append("«\(title)»") }
    if kind == "Text" { words.append("“\(text)”") } else if isInteractive || label != nil { words.append("“\(spoken)”") }
    if !value.isEmpty { words.append("= \(value)") }
    if let badge { words.append("badge \(badge)") }
    if let hint { words.append("hint “\(hint)”") }
    if let shortcut { words.append(shortcut) }
    if off && isInteractive { words.append("off") }
    words += traits.map { "[\($0)]" }
    return words.joined(separator: " ")
  }
}

@MainActor public final class Renderer {
  public var environment = EnvironmentValues()
  /// Looks a key up in the language under test; without it keys are shown.
  public var strings: ((_ key: String, _ arguments: [String]) -> String?)?
  /// What SwiftUI would only log, or get wrong, at run time.
  public private(set) var problems: [String] = []
  /// Keys the language under test lacks.
  public private(set) var missing: Set<String> = []
  var state: [String: Any] = [:]

  private var path: [String] = []
  private var stack: [Node] = []
  private var counters: [Int] = [0]
  private var started: [String: String] = [:]
  private var live: Set<String> = []
  private var pending: [@Sendable () async -> Void] = []
  private var changes: [() -> Void] = []
  private var destinations: [ObjectIdentifier: @MainActor (AnyHashable) -> Void] = [:]
  private var choose: (@MainActor (Any) -> Bool, chosen: AnyHashable?)?
  private var activeTab: (selected: AnyHashable, select: @MainActor (Any) -> Void)?
  private var tabIsActive = true
  private var tabTag: Any?

  public init() {}

  /// Draws the view; what `onChange` sees is settled first, as SwiftUI does it.
  public func render<V: View>(_ view: V) -> Node {
    for _ in 0..<8 {
      let root = Node("Root")
      (path, stack, counters, changes, live) = ([], [root], [0], [], [])
      child(view)
      // A view that went away starts its task anew when it comes back.
      started = started.filter { live.contains($0.key) }
      if changes.isEmpty { return root }
      changes.forEach { $0() }
    }
    fatalError("onChange never settles")
  }

  /// Draws and runs every `.task` that appeared, until none is left.
  public func settle<V: View>(_ view: V) async -> Node {
    while true {
      let node = render(view)
      if pending.isEmpty { return node }
      let now = pending
      pending = []
      for task in now { await task() }
    }
  }

  func problem(_ text: String) { problems.append(text) }

  func child<V: View>(_ view: V, _ key: String? = nil) {
    let position = counters.removeLast()
    counters += [position + 1, 0]
    path.append(key ?? "\(position)")
    defer {
      path.removeLast()
      counters.removeLast()
    }
    if let primitive = view as? any Primitive { return primitive.draw(self) }
    for field in Mirror(reflecting: view).children {
      (field.value as? any DynamicProperty)?.attach(self, here + "." + (field.label ?? ""))
    }
    child(view.body, "\(V.self)")
  }

  private var here: String { path.joined(separator: "/") }

  @discardableResult func node(_ kind: String, _ draw: () -> Void) -> Node {
    let node = Node(kind)
    stack[stack.count - 1].children.append(node)
    stack.append(node)
    draw()
    stack.removeLast()
    return node
  }

  func leaf(_ kind: String, _ text: String) { node(kind) {}.text = text }

  func with(_ change: (inout EnvironmentValues) -> Void, _ draw: () -> Void) {
    let before = environment
    change(&environment)
    draw()
    environment = before
  }

  func assign<T>(_ value: Any, to binding: Binding<T>) {
    if let value = value as? T { binding.wrappedValue = value } else { problem("\(type(of: value)) set where \(T.self) is") }
  }
}

// MARK: Structure

extension Renderer {
  func stack<Root: View>(_ root: Root, _ path: NavigationLevels?) {
    let outer = destinations
    defer { destinations = outer }
    node("NavigationStack") {
      guard let path, let last = path.last else { return child(root, "root") }
      // The root stays alive below what lies on it: its destinations count, its words are covered.
      let covered = Node("Covered")
      stack.append(covered)
      child(root, "root")
      stack.removeLast()
      let back = node("Back") {}
      back.label = covered.all.compactMap(\.title).first ?? "Back"
      back.action = path.pop
      guard let draw = destinations[ObjectIdentifier(type(of: last.base))] else {
        return problem("no navigationDestination for \(type(of: last.base))")
      }
      draw(last)
    }
  }

  func destination<D: Hashable>(_ type: D.Type, _ draw: @escaping @MainActor (D) -> Void) {
    destinations[ObjectIdentifier(type)] = { value in
      if let value = value.base as? D { draw(value) }
    }
  }

  func choosing<S: Hashable>(_ selection: Binding<S?>?, _ draw: () -> Void) {
    let outer = choose
    if let selection {
      choose = ({ value in
        guard let value = value as? S else { return false }
        selection.wrappedValue = value
        return true
      }, selection.wrappedValue.map { AnyHashable($0) })
    }
    draw()
    choose = outer
  }

  func tabs<S: Hashable>(_ selection: Binding<S>, _ draw: () -> Void) {
    let outer = activeTab
    activeTab = (AnyHashable(selection.wrappedValue), { value in self.assign(value, to: selection) })
    draw()
    activeTab = outer
  }

  func tab<Label: View>(_ label: Label, _ draw: () -> Void) {
    let (active, tag, select) = (tabIsActive, tabTag, activeTab?.select)
    let button = node("Tab") { child(label, "tab") }
    if active { button.traits.append("selected") }
    if let tag { button.action = { select?(tag) } }
    (tabIsActive, tabTag) = (true, nil)
    let outer = activeTab
    activeTab = nil
    if active { draw() }
    activeTab = outer
  }

  func tagged<V: Hashable>(_ tag: V, _ draw: () -> Void) {
    if let tabs = activeTab {
      (tabIsActive, tabTag) = (tabs.selected == AnyHashable(tag), tag)
      return draw()
    }
    let node = node("") { draw() }
    let target = node.single
    target.tag = tag
    guard let choose else { return }
    target.action = { if !choose.0(tag) { self.problem("a List row is tagged \(V.self), its selection is another type") } }
    if choose.chosen == AnyHashable(tag) { target.traits.append("selected") }
  }

  func sheet(_ close: @escaping @MainActor () -> Void, _ draw: () -> Void) {
    node("Sheet") { with({ $0.dismiss = DismissAction(close) }) { draw() } }
  }
}

// MARK: What happens

extension Renderer {
  func start(_ id: String, _ action: @escaping @Sendable () async -> Void) {
    let key = here + ".task"
    live.insert(key)
    if started[key] != id {
      started[key] = id
      pending.append(action)
    }
  }

  func appeared(_ action: @escaping () -> Void) {
    let key = here + ".appear"
    live.insert(key)
    if started[key] == nil {
      started[key] = ""
      changes.append(action)
    }
  }

  func watch<V: Equatable>(_ value: V, _ initial: Bool, _ action: @escaping (V, V) -> Void) {
    let key = here + ".onChange"
    defer { state[key] = value }
    if let old = state[key] as? V {
      if old != value { changes.append { action(old, value) } }
    } else if initial {
      changes.append { action(value, value) }
    }
  }

  func resolve(_ text: Text) -> String {
    guard case .key(let key) = text.content else {
      if case .verbatim(let words) = text.content { return words }
      return ""
    }
    var words = key.key
    if let strings {
      if let found = strings(key.key, key.arguments) { words = found } else { missing.insert(key.key) }
    }
    for (position, argument) in key.arguments.enumerated() {
      let named = "%\(position + 1)\\$(@|lld|llu|d|u)"
      let range =
        words.range(of: named, options: .regularExpression)
        ?? words.range(of: "%(@|lld|llu|d|u)", options: .regularExpression)
      if let range { words.replaceSubrange(range, with: argument) }
    }
    return words
  }
}
