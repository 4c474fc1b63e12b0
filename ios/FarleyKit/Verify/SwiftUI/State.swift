/// A property wrapper that the renderer connects before it asks for the body.
@MainActor public protocol DynamicProperty {
  func attach(_ renderer: Renderer, _ path: String)
}

final class Box<Value> {
  var value: Value
  init(_ value: Value) { self.value = value }
}

@MainActor @propertyWrapper public struct State<Value>: DynamicProperty {
  final class Slot {
    var box: Box<Value>
    init(_ box: Box<Value>) { self.box = box }
  }
  let slot: Slot
  public init(wrappedValue value: Value) { slot = Slot(Box(value)) }
  public init(initialValue value: Value) { slot = Slot(Box(value)) }
  public var wrappedValue: Value {
    get { slot.box.value }
    nonmutating set { slot.box.value = newValue }
  }
  public var projectedValue: Binding<Value> {
    let slot = slot
    return Binding(get: { slot.box.value }, set: { slot.box.value = $0 })
  }
  public func attach(_ renderer: Renderer, _ path: String) {
    if let box = renderer.state[path] as? Box<Value> { slot.box = box } else { renderer.state[path] = slot.box }
  }
}
extension State where Value: ExpressibleByNilLiteral {
  public init() { self.init(wrappedValue: nil) }
}

@MainActor @propertyWrapper @dynamicMemberLookup public struct Binding<Value> {
  let read: @MainActor () -> Value
  let write: @MainActor (Value) -> Void
  @preconcurrency public init(
    get: @escaping @MainActor @Sendable () -> Value, set: @escaping @MainActor @Sendable (Value) -> Void
  ) {
    read = get
    write = set
  }
  init(_ read: @escaping @MainActor () -> Value, _ write: @escaping @MainActor (Value) -> Void) {
    self.read = read
    self.write = write
  }
  public static func constant(_ value: Value) -> Binding { Binding({ value }, { _ in }) }
  public var wrappedValue: Value {
    get { read() }
    nonmutating set { write(newValue) }
  }
  public var projectedValue: Binding { self }
  public subscript<Subject>(dynamicMember keyPath: WritableKeyPath<Value, Subject>) -> Binding<Subject> {
    Binding<Subject>(
      { read()[keyPath: keyPath] },
      { value in
        var whole = read()
        whole[keyPath: keyPath] = value
        write(whole)
      })
  }
}

@MainActor @propertyWrapper @dynamicMemberLookup public struct Bindable<Value: AnyObject & Observable> {
  public var wrappedValue: Value
  public init(wrappedValue: Value) { self.wrappedValue = wrappedValue }
  public init(_ wrappedValue: Value) { self.wrappedValue = wrappedValue }
  public var projectedValue: Bindable<Value> { self }
  public subscript<Subject>(dynamicMember keyPath: ReferenceWritableKeyPath<Value, Subject>) -> Binding<Subject> {
    let value = wrappedValue
    return Binding({ value[keyPath: keyPath] }, { value[keyPath: keyPath] = $0 })
  }
}

public struct EnvironmentValues {
  public init() {}
  public var locale = Locale(identifier: "en")
  public var horizontalSizeClass: UserInterfaceSizeClass? = .compact
  public var scenePhase = ScenePhase.active
  public var openURL = OpenURLAction { _ in .handled }
  public internal(set) var dismiss = DismissAction {}
  public var accessibilityReduceMotion: Bool { false }
}
public enum UserInterfaceSizeClass: Sendable { case compact, regular }
public enum ScenePhase: Comparable, Sendable { case background, inactive, active }
@MainActor public struct OpenURLAction {
  public struct Result: Sendable, Equatable {
    let handled: Bool
    public static let handled = Result(handled: true), discarded = Result(handled: false)
  }
  let open: @MainActor (URL) -> Result
  public nonisolated init(handler: @escaping @MainActor (URL) -> Result) { open = handler }
  public func callAsFunction(_ url: URL) { _ = open(url) }
}
@MainActor public struct DismissAction {
  let close: @MainActor () -> Void
  nonisolated init(_ close: @escaping @MainActor () -> Void) { self.close = close }
  public func callAsFunction() { close() }
}

@MainActor @propertyWrapper public struct Environment<Value>: DynamicProperty {
  final class Slot { var values: EnvironmentValues? }
  let slot = Slot()
  let keyPath: KeyPath<EnvironmentValues, Value>
  public init(_ keyPath: KeyPath<EnvironmentValues, Value>) { self.keyPath = keyPath }
  public var wrappedValue: Value { (slot.values ?? EnvironmentValues())[keyPath: keyPath] }
  public func attach(_ renderer: Renderer, _ path: String) { slot.values = renderer.environment }
}
