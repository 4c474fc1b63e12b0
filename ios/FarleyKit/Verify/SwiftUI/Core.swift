// What Farley's views use of SwiftUI, declared as Apple declares it (iOS 17), so that they compile and are walked on
// Linux. Adding a declaration here is a deliberate act: compare it with Apple's documentation first.
// `ios/README.md` lists what is known to differ.
@_exported import Foundation
@_exported import Observation

@MainActor @preconcurrency public protocol View {
  associatedtype Body: View
  @ViewBuilder @MainActor @preconcurrency var body: Body { get }
}

extension Never: View {
  public var body: Never { fatalError("never drawn") }
}

/// A view that draws itself instead of having a body.
@MainActor public protocol Primitive: View where Body == Never {
  func draw(_ renderer: Renderer)
}

extension Primitive {
  public var body: Never { fatalError("drawn by the renderer") }
}

@MainActor @resultBuilder public enum ViewBuilder {
  public static func buildExpression<Content: View>(_ content: Content) -> Content { content }
  public static func buildBlock() -> EmptyView { EmptyView() }
  public static func buildBlock<Content: View>(_ content: Content) -> Content { content }
  public static func buildBlock<each Content: View>(_ content: repeat each Content) -> TupleView<(repeat each Content)> {
    TupleView((repeat each content)) { renderer in repeat renderer.child(each content) }
  }
  public static func buildIf<Content: View>(_ content: Content?) -> Content? { content }
  public static func buildEither<A: View, B: View>(first: A) -> _ConditionalContent<A, B> { .init(.first(first)) }
  public static func buildEither<A: View, B: View>(second: B) -> _ConditionalContent<A, B> { .init(.second(second)) }
  public static func buildLimitedAvailability<Content: View>(_ content: Content) -> AnyView { AnyView(content) }
}

public struct TupleView<T>: Primitive {
  public var value: T
  private let each: @MainActor (Renderer) -> Void
  init(_ value: T, _ each: @escaping @MainActor (Renderer) -> Void) {
    self.value = value
    self.each = each
  }
  public func draw(_ renderer: Renderer) { each(renderer) }
}

public struct _ConditionalContent<TrueContent: View, FalseContent: View>: Primitive {
  enum Storage {
    case first(TrueContent)
    case second(FalseContent)
  }
  private let storage: Storage
  init(_ storage: Storage) { self.storage = storage }
  public func draw(_ renderer: Renderer) {
    switch storage {
    case .first(let content): renderer.child(content, "first")
    case .second(let content): renderer.child(content, "second")
    }
  }
}

extension Optional: View where Wrapped: View {
  public var body: Never { fatalError("drawn by the renderer") }
}
extension Optional: Primitive where Wrapped: View {
  public func draw(_ renderer: Renderer) {
    if let content = self { renderer.child(content) }
  }
}

public struct EmptyView: Primitive {
  public nonisolated init() {}
  public func draw(_ renderer: Renderer) {}
}

public struct AnyView: Primitive {
  private let content: @MainActor (Renderer) -> Void
  public init<V: View>(_ view: V) { content = { $0.child(view) } }
  public func draw(_ renderer: Renderer) { content(renderer) }
}

public struct Group<Content: View>: Primitive {
  private let content: Content
  public init(@ViewBuilder content: () -> Content) { self.content = content() }
  public func draw(_ renderer: Renderer) { renderer.child(content) }
}

public struct ForEach<Data: RandomAccessCollection, ID: Hashable, Content> {
  let data: Data
  let id: KeyPath<Data.Element, ID>
  let content: (Data.Element) -> Content
}
extension ForEach: View where Content: View {
  public var body: Never { fatalError("drawn by the renderer") }
}
extension ForEach: Primitive where Content: View {
  public init(_ data: Data, id: KeyPath<Data.Element, ID>, @ViewBuilder content: @escaping (Data.Element) -> Content) {
    (self.data, self.id, self.content) = (data, id, content)
  }
  public func draw(_ renderer: Renderer) {
    var seen: Set<ID> = []
    for element in data {
      let id = element[keyPath: id]
      if !seen.insert(id).inserted { renderer.problem("a ForEach has the id \(ID.self) twice") }
      renderer.child(content(element), "\(id)")
    }
  }
}
extension ForEach where Content: View, Data.Element: Identifiable, ID == Data.Element.ID {
  public init(_ data: Data, @ViewBuilder content: @escaping (Data.Element) -> Content) {
    self.init(data, id: \Data.Element.id, content: content)
  }
}
