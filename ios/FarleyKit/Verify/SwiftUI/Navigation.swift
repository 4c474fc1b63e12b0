public struct NavigationStack<Data, Root: View>: Primitive {
  let root: Root
  let path: NavigationLevels?
  public func draw(_ renderer: Renderer) { renderer.stack(root, path) }
}
/// A path with its type taken out.
@MainActor struct NavigationLevels {
  let last: AnyHashable?
  let count: Int
  let pop: @MainActor () -> Void
}
extension NavigationStack where Data == NavigationPath {
  public init(@ViewBuilder root: () -> Root) {
    self.root = root()
    path = nil
  }
}
extension NavigationStack {
  public init(path: Binding<Data>, @ViewBuilder root: () -> Root)
  where Data: MutableCollection & RandomAccessCollection & RangeReplaceableCollection, Data.Element: Hashable {
    self.root = root()
    let now = path.wrappedValue
    self.path = NavigationLevels(last: now.last.map { AnyHashable($0) }, count: now.count) {
      if !path.wrappedValue.isEmpty {
        path.wrappedValue.remove(at: path.wrappedValue.index(before: path.wrappedValue.endIndex))
      }
    }
  }
}
public struct NavigationPath: Equatable, Sendable {
  public init() {}
}

public struct NavigationSplitView<Sidebar: View, Content: View, Detail: View>: Primitive {
  let sidebar: Sidebar
  let content: Content
  let detail: Detail
  public init(
    @ViewBuilder sidebar: () -> Sidebar, @ViewBuilder content: () -> Content, @ViewBuilder detail: () -> Detail
  ) {
    self.sidebar = sidebar()
    self.content = content()
    self.detail = detail()
  }
  public func draw(_ renderer: Renderer) {
    renderer.node("NavigationSplitView") {
      renderer.node("Sidebar") { renderer.child(sidebar, "sidebar") }
      renderer.node("Content") { renderer.child(content, "content") }
      renderer.node("Detail") { renderer.child(detail, "detail") }
    }
  }
}

public struct TabView<SelectionValue: Hashable, Content: View>: Primitive {
  let selection: Binding<SelectionValue>?
  let content: Content
  public init(selection: Binding<SelectionValue>?, @ViewBuilder content: () -> Content) {
    self.selection = selection
    self.content = content()
  }
  public func draw(_ renderer: Renderer) {
    renderer.node("TabView") {
      guard let selection else { return renderer.child(content) }
      renderer.tabs(selection) { renderer.child(content) }
    }
  }
}

@MainActor @preconcurrency public protocol ToolbarContent {
  func draw(_ renderer: Renderer)
}
public struct ToolbarItemPlacement: Equatable, Sendable {
  let name: String
  public static let automatic = Self(name: "automatic"), primaryAction = Self(name: "primaryAction")
  public static let bottomBar = Self(name: "bottomBar"), topBarTrailing = Self(name: "topBarTrailing")
  public static let cancellationAction = Self(name: "cancellationAction")
  public static let confirmationAction = Self(name: "confirmationAction")
}
public struct ToolbarItem<ID, Content: View>: ToolbarContent {
  let content: Content
  public func draw(_ renderer: Renderer) { renderer.child(content) }
}
extension ToolbarItem where ID == () {
  public init(placement: ToolbarItemPlacement = .automatic, @ViewBuilder content: () -> Content) {
    self.content = content()
  }
}
public struct ToolbarTuple: ToolbarContent {
  let each: @MainActor (Renderer) -> Void
  public func draw(_ renderer: Renderer) { each(renderer) }
}
extension Optional: ToolbarContent where Wrapped: ToolbarContent {
  public func draw(_ renderer: Renderer) { self?.draw(renderer) }
}
@MainActor @resultBuilder public enum ToolbarContentBuilder {
  public static func buildExpression<Content: ToolbarContent>(_ content: Content) -> Content { content }
  public static func buildBlock<each Content: ToolbarContent>(_ content: repeat each Content) -> ToolbarTuple {
    ToolbarTuple { renderer in repeat (each content).draw(renderer) }
  }
  public static func buildIf<Content: ToolbarContent>(_ content: Content?) -> Content? { content }
}

@MainActor @preconcurrency public protocol Scene {
  associatedtype Body: Scene
  @SceneBuilder @MainActor @preconcurrency var body: Body { get }
}
extension Never: Scene {}
@MainActor @resultBuilder public enum SceneBuilder {
  public static func buildBlock<Content: Scene>(_ content: Content) -> Content { content }
}
public struct WindowGroup<Content: View>: Scene {
  let content: Content
  public init(@ViewBuilder content: () -> Content) { self.content = content() }
  public var body: Never { fatalError("a window is never drawn here") }
}
@MainActor @preconcurrency public protocol App {
  associatedtype Body: Scene
  @SceneBuilder @MainActor @preconcurrency var body: Body { get }
  @MainActor @preconcurrency init()
}
extension App {
  /// Nothing runs on Linux; the test of the app target is that it compiles and its scene can be made.
  @MainActor public static func main() { _ = Self().body }
}
