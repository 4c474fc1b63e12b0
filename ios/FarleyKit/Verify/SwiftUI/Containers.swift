public struct VStack<Content: View>: Primitive {
  let content: Content
  public init(alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> Content) {
    self.content = content()
  }
  public func draw(_ renderer: Renderer) { renderer.child(content) }
}
public struct HStack<Content: View>: Primitive {
  let content: Content
  public init(alignment: VerticalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> Content) {
    self.content = content()
  }
  public func draw(_ renderer: Renderer) { renderer.child(content) }
}
public struct HorizontalAlignment: Equatable, Sendable {
  let name: String
  public static let leading = Self(name: "leading"), center = Self(name: "center"), trailing = Self(name: "trailing")
}
public struct VerticalAlignment: Equatable, Sendable {
  let name: String
  public static let top = Self(name: "top"), center = Self(name: "center"), bottom = Self(name: "bottom")
  public static let firstTextBaseline = Self(name: "firstTextBaseline")
}
public struct Alignment: Equatable, Sendable {
  let name: String
  public static let center = Self(name: "center"), leading = Self(name: "leading"), trailing = Self(name: "trailing")
}
public struct Spacer: Primitive {
  public init(minLength: CGFloat? = nil) {}
  public func draw(_ renderer: Renderer) {}
}

public struct List<SelectionValue: Hashable, Content: View>: Primitive {
  let content: Content
  let selection: Binding<SelectionValue?>?
  public func draw(_ renderer: Renderer) {
    renderer.node("List") { renderer.choosing(selection) { renderer.child(content) } }
  }
}
extension List where SelectionValue == Never {
  public init(@ViewBuilder content: () -> Content) {
    self.content = content()
    selection = nil
  }
}
extension List {
  public init(selection: Binding<SelectionValue?>?, @ViewBuilder content: () -> Content) {
    self.content = content()
    self.selection = selection
  }
}

public struct Form<Content: View>: Primitive {
  let content: Content
  public init(@ViewBuilder content: () -> Content) { self.content = content() }
  public func draw(_ renderer: Renderer) { renderer.node("Form") { renderer.child(content) } }
}

public struct Section<Parent: View, Content: View, Footer: View>: Primitive {
  let parent: Parent
  let content: Content
  let footer: Footer
  public func draw(_ renderer: Renderer) {
    renderer.node("Section") {
      let count = renderer.node("Header") { renderer.child(parent, "header") }
      count.traits.append("header")
      renderer.child(content, "content")
      renderer.node("Footer") { renderer.child(footer, "footer") }
    }
  }
}
extension Section {
  public init(
    @ViewBuilder content: () -> Content, @ViewBuilder header: () -> Parent, @ViewBuilder footer: () -> Footer
  ) {
    parent = header()
    self.content = content()
    self.footer = footer()
  }
}
extension Section where Footer == EmptyView {
  public init(@ViewBuilder content: () -> Content, @ViewBuilder header: () -> Parent) {
    self.init(content: content, header: header) { EmptyView() }
  }
}
extension Section where Parent == EmptyView {
  public init(@ViewBuilder content: () -> Content, @ViewBuilder footer: () -> Footer) {
    self.init(content: content) { EmptyView() } footer: { footer() }
  }
}
extension Section where Parent == EmptyView, Footer == EmptyView {
  public init(@ViewBuilder content: () -> Content) {
    self.init(content: content) { EmptyView() } footer: { EmptyView() }
  }
}
extension Section where Parent == Text, Footer == EmptyView {
  public init(_ titleKey: LocalizedStringKey, @ViewBuilder content: () -> Content) {
    self.init(content: content) { Text(titleKey) } footer: { EmptyView() }
  }
  @_disfavoredOverload public init<S: StringProtocol>(_ title: S, @ViewBuilder content: () -> Content) {
    self.init(content: content) { Text(title) } footer: { EmptyView() }
  }
}

public struct ContentUnavailableView<Label: View, Description: View, Actions: View>: Primitive {
  let label: Label
  let description: Description
  let actions: Actions
  public init(
    @ViewBuilder label: () -> Label, @ViewBuilder description: () -> Description = { EmptyView() },
    @ViewBuilder actions: () -> Actions = { EmptyView() }
  ) {
    self.label = label()
    self.description = description()
    self.actions = actions()
  }
  public func draw(_ renderer: Renderer) {
    renderer.node("ContentUnavailableView") {
      renderer.child(label, "label")
      renderer.child(description, "description")
      renderer.child(actions, "actions")
    }
  }
}

public struct ProgressView<Label: View>: Primitive {
  let label: Label
  let value: Double?
  public func draw(_ renderer: Renderer) {
    let node = renderer.node("ProgressView") { renderer.child(label) }
    node.value = value.map { "\(Int($0 * 100)) %" } ?? ""
  }
}
extension ProgressView where Label == EmptyView {
  public init() {
    label = EmptyView()
    value = nil
  }
}
extension ProgressView where Label == Text {
  public init(_ titleKey: LocalizedStringKey) {
    label = Text(titleKey)
    value = nil
  }
}

public struct LabeledContent<Label: View, Content: View>: Primitive {
  let label: Label
  let content: Content
  public init(@ViewBuilder content: () -> Content, @ViewBuilder label: () -> Label) {
    self.content = content()
    self.label = label()
  }
  public func draw(_ renderer: Renderer) {
    renderer.node("LabeledContent") {
      renderer.child(label, "label")
      renderer.child(content, "content")
    }
  }
}
