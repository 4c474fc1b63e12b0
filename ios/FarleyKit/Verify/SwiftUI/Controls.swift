public struct ButtonRole: Equatable, Sendable {
  let name: String
  public static let destructive = Self(name: "destructive"), cancel = Self(name: "cancel")
}

public struct Button<Label: View>: Primitive {
  let label: Label
  let role: ButtonRole?
  let action: @MainActor () -> Void
  @preconcurrency public init(action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> Label) {
    self.init(role: nil, action: action, label: label)
  }
  @preconcurrency public init(
    role: ButtonRole?, action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> Label
  ) {
    self.action = action
    self.label = label()
    self.role = role
  }
  public func draw(_ renderer: Renderer) {
    let node = renderer.node("Button") { renderer.child(label) }
    node.action = action
    if let role { node.traits.append(role.name) }
  }
}
extension Button where Label == Text {
  @preconcurrency public init(_ titleKey: LocalizedStringKey, action: @escaping @MainActor () -> Void) {
    self.init(action: action) { Text(titleKey) }
  }
  @preconcurrency public init(
    _ titleKey: LocalizedStringKey, role: ButtonRole?, action: @escaping @MainActor () -> Void
  ) {
    self.init(role: role, action: action) { Text(titleKey) }
  }
  @_disfavoredOverload @preconcurrency public init<S: StringProtocol>(
    _ title: S, action: @escaping @MainActor () -> Void
  ) {
    self.init(action: action) { Text(title) }
  }
}
extension Button where Label == SwiftUI.Label<Text, Image> {
  @preconcurrency public init(
    _ titleKey: LocalizedStringKey, systemImage: String, action: @escaping @MainActor () -> Void
  ) {
    self.init(action: action) { SwiftUI.Label(titleKey, systemImage: systemImage) }
  }
}

public struct TextField<Label: View>: Primitive {
  let label: Label
  let text: Binding<String>
  public func draw(_ renderer: Renderer) {
    let node = renderer.node("TextField") { renderer.child(label) }
    node.value = text.wrappedValue
    node.set = { value in renderer.assign(value, to: text) }
  }
}
extension TextField where Label == Text {
  public init(_ titleKey: LocalizedStringKey, text: Binding<String>) {
    self.init(titleKey, text: text, axis: .horizontal)
  }
  public init(_ titleKey: LocalizedStringKey, text: Binding<String>, axis: Axis) {
    label = Text(titleKey)
    self.text = text
  }
  @_disfavoredOverload public init<S: StringProtocol>(_ title: S, text: Binding<String>, axis: Axis) {
    label = Text(title)
    self.text = text
  }
}
public enum Axis: Int8, Sendable { case horizontal, vertical }

public struct TextEditor: Primitive {
  let text: Binding<String>
  public init(text: Binding<String>) { self.text = text }
  public func draw(_ renderer: Renderer) {
    let node = renderer.node("TextEditor") {}
    node.value = text.wrappedValue
    node.set = { value in renderer.assign(value, to: text) }
  }
}

public struct Toggle<Label: View>: Primitive {
  let label: Label
  let isOn: Binding<Bool>
  public init(isOn: Binding<Bool>, @ViewBuilder label: () -> Label) {
    self.label = label()
    self.isOn = isOn
  }
  public func draw(_ renderer: Renderer) {
    let node = renderer.node("Toggle") { renderer.child(label) }
    node.value = isOn.wrappedValue ? "1" : "0"
    node.set = { value in renderer.assign(value, to: isOn) }
  }
}
extension Toggle where Label == Text {
  public init(_ titleKey: LocalizedStringKey, isOn: Binding<Bool>) { self.init(isOn: isOn) { Text(titleKey) } }
  @_disfavoredOverload public init<S: StringProtocol>(_ title: S, isOn: Binding<Bool>) {
    self.init(isOn: isOn) { Text(title) }
  }
}

public struct Picker<Label: View, SelectionValue: Hashable, Content: View>: Primitive {
  let label: Label
  let selection: Binding<SelectionValue>
  let content: Content
  public init(
    selection: Binding<SelectionValue>, @ViewBuilder content: () -> Content, @ViewBuilder label: () -> Label
  ) {
    self.label = label()
    self.selection = selection
    self.content = content()
  }
  public func draw(_ renderer: Renderer) {
    let node = renderer.node("Picker") {
      renderer.child(label, "label")
      renderer.node("Options") { renderer.child(content, "content") }
    }
    node.value = "\(selection.wrappedValue)"
    node.set = { value in renderer.assign(value, to: selection) }
    let tags = node.all.compactMap(\.tag)
    // SwiftUI compares tags by type as well and says so only in the log: the option is then never chosen.
    for tag in tags where type(of: tag) != SelectionValue.self {
      renderer.problem("a Picker of \(SelectionValue.self) has an option tagged \(type(of: tag))")
    }
    if !tags.contains(where: { ($0 as? SelectionValue) == selection.wrappedValue }) {
      renderer.problem("a Picker has no option for what is selected")
    }
  }
}
extension Picker where Label == Text {
  public init(_ titleKey: LocalizedStringKey, selection: Binding<SelectionValue>, @ViewBuilder content: () -> Content) {
    self.init(selection: selection, content: content) { Text(titleKey) }
  }
  @_disfavoredOverload public init<S: StringProtocol>(
    _ title: S, selection: Binding<SelectionValue>, @ViewBuilder content: () -> Content
  ) {
    self.init(selection: selection, content: content) { Text(title) }
  }
}

public struct DatePicker<Label: View>: Primitive {
  let label: Label
  let selection: Binding<Date>
  public typealias Components = DatePickerComponents
  public init(
    selection: Binding<Date>, displayedComponents: DatePicker<Label>.Components = [.hourAndMinute, .date],
    @ViewBuilder label: () -> Label
  ) {
    self.label = label()
    self.selection = selection
  }
  public func draw(_ renderer: Renderer) {
    let node = renderer.node("DatePicker") { renderer.child(label) }
    node.set = { value in renderer.assign(value, to: selection) }
  }
}
public struct DatePickerComponents: OptionSet, Sendable {
  public let rawValue: UInt
  public init(rawValue: UInt) { self.rawValue = rawValue }
  public static let hourAndMinute = Self(rawValue: 1), date = Self(rawValue: 2)
}

public struct Menu<Label: View, Content: View>: Primitive {
  let label: Label
  let content: Content
  public init(@ViewBuilder content: () -> Content, @ViewBuilder label: () -> Label) {
    self.content = content()
    self.label = label()
  }
  public func draw(_ renderer: Renderer) {
    renderer.node("Menu") {
      renderer.child(label, "label")
      renderer.node("MenuItems") { renderer.child(content, "content") }
    }
  }
}

/// Apple's is generic over what is shared; a file is all that Farley shares.
public struct ShareLink<Label: View>: Primitive {
  let label: Label
  public init(item: URL, @ViewBuilder label: () -> Label) { self.label = label() }
  public func draw(_ renderer: Renderer) {
    let node = renderer.node("ShareLink") { renderer.child(label) }
    node.action = {}
  }
}
