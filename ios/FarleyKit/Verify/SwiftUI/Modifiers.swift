public struct ModifiedContent<Content: View>: Primitive {
  let content: Content
  let modify: @MainActor (Renderer, Content) -> Void
  public func draw(_ renderer: Renderer) { modify(renderer, content) }
}

extension View {
  func modified(_ modify: @escaping @MainActor (Renderer, Self) -> Void) -> ModifiedContent<Self> {
    ModifiedContent(content: self, modify: modify)
  }
  /// Changes the one node the view draws; a view that draws several gets a node around them.
  func annotated(_ change: @escaping @MainActor (Renderer, Node) -> Void) -> ModifiedContent<Self> {
    modified { renderer, content in
      let node = renderer.node("") { renderer.child(content) }
      change(renderer, node.single)
    }
  }
  func unchanged() -> ModifiedContent<Self> { modified { renderer, content in renderer.child(content) } }
}

// MARK: Looks

extension View {
  public func font(_ font: Font?) -> some View { unchanged() }
  public func foregroundStyle<S: ShapeStyle>(_ style: S) -> some View { unchanged() }
  public func tint<S: ShapeStyle>(_ tint: S?) -> some View { unchanged() }
  public func padding(_ length: CGFloat) -> some View { unchanged() }
  public func lineLimit(_ number: Int?) -> some View { unchanged() }
  public func frame(
    minWidth: CGFloat? = nil, idealWidth: CGFloat? = nil, maxWidth: CGFloat? = nil, minHeight: CGFloat? = nil,
    idealHeight: CGFloat? = nil, maxHeight: CGFloat? = nil, alignment: Alignment = .center
  ) -> some View { unchanged() }
  public func buttonStyle<S: PrimitiveButtonStyle>(_ style: S) -> some View { unchanged() }
  public func controlSize(_ controlSize: ControlSize) -> some View { unchanged() }
  public func pickerStyle<S: PickerStyle>(_ style: S) -> some View { unchanged() }
  public func labelStyle<S: LabelStyle>(_ style: S) -> some View { unchanged() }
  public func listStyle<S: ListStyle>(_ style: S) -> some View { unchanged() }
  public func textInputAutocapitalization(_ autocapitalization: TextInputAutocapitalization?) -> some View { unchanged() }
  public func autocorrectionDisabled(_ disable: Bool = true) -> some View { unchanged() }
  public func keyboardType(_ type: UIKeyboardType) -> some View { unchanged() }
}
public protocol PrimitiveButtonStyle: Sendable {}
public struct PlainButtonStyle: PrimitiveButtonStyle {}
public struct BorderedButtonStyle: PrimitiveButtonStyle {}
public struct BorderedProminentButtonStyle: PrimitiveButtonStyle {}
extension PrimitiveButtonStyle where Self == PlainButtonStyle { public static var plain: PlainButtonStyle { .init() } }
extension PrimitiveButtonStyle where Self == BorderedButtonStyle {
  public static var bordered: BorderedButtonStyle { .init() }
}
extension PrimitiveButtonStyle where Self == BorderedProminentButtonStyle {
  public static var borderedProminent: BorderedProminentButtonStyle { .init() }
}
public enum ControlSize: Sendable { case mini, small, regular, large }
public protocol PickerStyle: Sendable {}
public struct SegmentedPickerStyle: PickerStyle {}
public struct MenuPickerStyle: PickerStyle {}
extension PickerStyle where Self == SegmentedPickerStyle { public static var segmented: SegmentedPickerStyle { .init() } }
extension PickerStyle where Self == MenuPickerStyle { public static var menu: MenuPickerStyle { .init() } }
public protocol LabelStyle: Sendable {}
public struct TitleAndIconLabelStyle: LabelStyle {}
extension LabelStyle where Self == TitleAndIconLabelStyle {
  public static var titleAndIcon: TitleAndIconLabelStyle { .init() }
}
public struct IconOnlyLabelStyle: LabelStyle {}
extension LabelStyle where Self == IconOnlyLabelStyle {
  public static var iconOnly: IconOnlyLabelStyle { .init() }
}
public protocol ListStyle: Sendable {}
public struct SidebarListStyle: ListStyle {}
extension ListStyle where Self == SidebarListStyle { public static var sidebar: SidebarListStyle { .init() } }
public struct TextInputAutocapitalization: Sendable {
  public static var never: Self { Self() }
  public static var words: Self { Self() }
}
/// UIKit's; SwiftUI brings it along on iOS.
public enum UIKeyboardType: Int, Sendable { case `default`, numbersAndPunctuation = 2, URL, phonePad = 5, emailAddress = 7 }

// MARK: State and structure

extension View {
  public func disabled(_ disabled: Bool) -> some View {
    annotated { _, node in if disabled { for inner in node.all { inner.off = true } } }
  }
  public func tag<V: Hashable>(_ tag: V) -> some View {
    modified { renderer, content in renderer.tagged(tag) { renderer.child(content) } }
  }
  public func tabItem<V: View>(@ViewBuilder _ label: () -> V) -> some View {
    let label = label()
    return modified { renderer, content in renderer.tab(label) { renderer.child(content) } }
  }
  public func badge(_ count: Int) -> some View {
    annotated { _, node in if count != 0 { (node.all.first { $0.kind == "Tab" } ?? node).badge = "\(count)" } }
  }
  public func navigationTitle(_ titleKey: LocalizedStringKey) -> some View {
    annotated { renderer, node in node.title = renderer.resolve(Text(titleKey)) }
  }
  public func navigationTitle(_ title: Text) -> some View {
    annotated { renderer, node in node.title = renderer.resolve(title) }
  }
  @_disfavoredOverload public func navigationTitle<S: StringProtocol>(_ title: S) -> some View {
    annotated { _, node in node.title = String(title) }
  }
  public func navigationDestination<D: Hashable, C: View>(
    for data: D.Type, @ViewBuilder destination: @escaping (D) -> C
  ) -> some View {
    modified { renderer, content in
      renderer.destination(D.self) { value in renderer.child(destination(value)) }
      renderer.child(content)
    }
  }
  public func toolbar<Content: ToolbarContent>(@ToolbarContentBuilder content: () -> Content) -> some View {
    let bar = content()
    return modified { renderer, inner in
      renderer.child(inner)
      renderer.node("Toolbar") { bar.draw(renderer) }
    }
  }
  public func safeAreaInset<V: View>(
    edge: VerticalEdge, alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil,
    @ViewBuilder content: () -> V
  ) -> some View {
    let inset = content()
    return modified { renderer, inner in
      renderer.child(inner)
      renderer.node("Inset") { renderer.child(inset) }
    }
  }
  public func background<S: ShapeStyle>(_ style: S) -> some View { unchanged() }
  public func overlay<V: View>(alignment: Alignment = .center, @ViewBuilder content: () -> V) -> some View {
    let overlay = content()
    return modified { renderer, inner in
      renderer.child(inner)
      renderer.node("Overlay") { renderer.child(overlay) }
    }
  }
  public func searchable(
    text: Binding<String>, placement: SearchFieldPlacement = .automatic, prompt: Text? = nil
  ) -> some View {
    modified { renderer, content in
      let node = renderer.node("Search") {}
      node.label = prompt.map(renderer.resolve) ?? ""
      node.value = text.wrappedValue
      node.set = { value in renderer.assign(value, to: text) }
      renderer.child(content)
    }
  }
  public func environment<V>(_ keyPath: WritableKeyPath<EnvironmentValues, V>, _ value: V) -> some View {
    modified { renderer, content in renderer.with({ $0[keyPath: keyPath] = value }) { renderer.child(content) } }
  }
  public func id<ID: Hashable>(_ id: ID) -> some View {
    modified { renderer, content in renderer.child(content, "id \(id)") }
  }
  public func interactiveDismissDisabled(_ isDisabled: Bool = true) -> some View { unchanged() }
}
public struct SearchFieldPlacement: Sendable {
  public static let automatic = Self()
}
public enum VerticalEdge: Int8, Sendable { case top, bottom }
public enum HorizontalEdge: Int8, Sendable { case leading, trailing }

// MARK: What happens

extension View {
  public func onAppear(perform action: (() -> Void)? = nil) -> some View {
    modified { renderer, content in
      renderer.child(content)
      if let action { renderer.appeared(action) }
    }
  }
  public func task(
    priority: TaskPriority = .userInitiated, @_inheritActorContext _ action: @escaping @Sendable () async -> Void
  ) -> some View {
    modified { renderer, content in
      renderer.child(content)
      renderer.start("", action)
    }
  }
  public func task<T: Equatable>(
    id value: T, priority: TaskPriority = .userInitiated,
    @_inheritActorContext _ action: @escaping @Sendable () async -> Void
  ) -> some View {
    modified { renderer, content in
      renderer.child(content)
      renderer.start("\(value)", action)
    }
  }
  public func refreshable(action: @escaping @Sendable () async -> Void) -> some View {
    annotated { _, node in node.refresh = action }
  }
  public func onChange<V: Equatable>(
    of value: V, initial: Bool = false, _ action: @escaping (_ oldValue: V, _ newValue: V) -> Void
  ) -> some View {
    modified { renderer, content in
      renderer.child(content)
      renderer.watch(value, initial, action)
    }
  }
  public func onOpenURL(perform action: @escaping (URL) -> Void) -> some View {
    annotated { _, node in node.openURL = action }
  }
  public func onSubmit(of triggers: SubmitTriggers = .text, _ action: @escaping () -> Void) -> some View {
    annotated { _, node in node.submit = action }
  }
  public func keyboardShortcut(_ key: KeyEquivalent, modifiers: EventModifiers = .command) -> some View {
    annotated { _, node in node.shortcut = "⌘\(key.character)" }
  }
  public func sheet<Content: View>(
    isPresented: Binding<Bool>, onDismiss: (() -> Void)? = nil, @ViewBuilder content: @escaping () -> Content
  ) -> some View {
    modified { renderer, inner in
      renderer.child(inner)
      guard isPresented.wrappedValue else { return }
      renderer.sheet({ isPresented.wrappedValue = false; onDismiss?() }) { renderer.child(content()) }
    }
  }
  public func sheet<Item: Identifiable, Content: View>(
    item: Binding<Item?>, onDismiss: (() -> Void)? = nil, @ViewBuilder content: @escaping (Item) -> Content
  ) -> some View {
    modified { renderer, inner in
      renderer.child(inner)
      guard let shown = item.wrappedValue else { return }
      renderer.sheet({ item.wrappedValue = nil; onDismiss?() }) { renderer.child(content(shown)) }
    }
  }
  public func swipeActions<T: View>(
    edge: HorizontalEdge = .trailing, allowsFullSwipe: Bool = true, @ViewBuilder content: () -> T
  ) -> some View {
    let actions = content()
    return modified { renderer, inner in
      renderer.child(inner)
      renderer.node("SwipeActions") { renderer.child(actions) }
    }
  }
}
public struct SubmitTriggers: OptionSet, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }
  public static let text = Self(rawValue: 1), search = Self(rawValue: 2)
}
public struct KeyEquivalent: ExpressibleByExtendedGraphemeClusterLiteral, Sendable {
  public var character: Character
  public init(_ character: Character) { self.character = character }
  public init(extendedGraphemeClusterLiteral literal: Character) { character = literal }
}
public struct EventModifiers: OptionSet, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }
  public static let shift = Self(rawValue: 2), command = Self(rawValue: 16)
}

// MARK: What is said

extension View {
  public func accessibilityLabel(_ label: Text) -> some View { annotated { $1.label = $0.resolve(label) } }
  public func accessibilityLabel(_ labelKey: LocalizedStringKey) -> some View {
    annotated { $1.label = $0.resolve(Text(labelKey)) }
  }
  @_disfavoredOverload public func accessibilityLabel<S: StringProtocol>(_ label: S) -> some View {
    annotated { $1.label = String(label) }
  }
  public func accessibilityValue(_ value: Text) -> some View { annotated { $1.value = $0.resolve(value) } }
  public func accessibilityHint(_ hint: Text) -> some View { annotated { $1.hint = $0.resolve(hint) } }
  public func accessibilityIdentifier(_ identifier: String) -> some View { annotated { $1.identifier = identifier } }
  public func accessibilityHidden(_ hidden: Bool) -> some View { annotated { $1.hidden = hidden } }
  public func accessibilityAddTraits(_ traits: AccessibilityTraits) -> some View {
    annotated { $1.traits += traits.names }
  }
  public func accessibilityElement(children: AccessibilityChildBehavior = .ignore) -> some View {
    modified { renderer, content in
      let node = renderer.node("Element") { renderer.child(content) }
      node.combine = children == .combine
    }
  }
}
public struct AccessibilityTraits: SetAlgebra, Sendable {
  var names: [String] = []
  public init() {}
  init(_ name: String) { names = [name] }
  public static let isHeader = Self("header"), isSelected = Self("selected"), updatesFrequently = Self("updates")
  public func contains(_ member: Self) -> Bool { member.names.allSatisfy(names.contains) }
  public func union(_ other: Self) -> Self { var all = self; all.names += other.names; return all }
  public func intersection(_ other: Self) -> Self { var all = self; all.names.removeAll { !other.names.contains($0) }; return all }
  public func symmetricDifference(_ other: Self) -> Self { union(other) }
  public mutating func formUnion(_ other: Self) { self = union(other) }
  public mutating func formIntersection(_ other: Self) { self = intersection(other) }
  public mutating func formSymmetricDifference(_ other: Self) { self = symmetricDifference(other) }
  public mutating func insert(_ member: Self) -> (inserted: Bool, memberAfterInsert: Self) { self = union(member); return (true, member) }
  public mutating func remove(_ member: Self) -> Self? { nil }
  public mutating func update(with member: Self) -> Self? { nil }
}
public struct AccessibilityChildBehavior: Hashable, Sendable {
  let name: String
  public static let ignore = Self(name: "ignore"), contain = Self(name: "contain"), combine = Self(name: "combine")
}
