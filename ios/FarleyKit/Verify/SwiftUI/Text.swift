public struct LocalizedStringKey: ExpressibleByStringInterpolation, Equatable, Sendable {
  let key: String
  let arguments: [String]
  public init(_ value: String) { (key, arguments) = (value, []) }
  public init(stringLiteral value: String) { (key, arguments) = (value, []) }
  public init(stringInterpolation: StringInterpolation) {
    (key, arguments) = (stringInterpolation.key, stringInterpolation.arguments)
  }

  public struct StringInterpolation: StringInterpolationProtocol, Sendable {
    var key = ""
    var arguments: [String] = []
    public init(literalCapacity: Int, interpolationCount: Int) {}
    public mutating func appendLiteral(_ literal: String) { key += literal }
    public mutating func appendInterpolation(_ string: String) {
      key += "%@"
      arguments.append(string)
    }
    public mutating func appendInterpolation<T: FixedWidthInteger>(_ value: T) {
      key += "%" + (T.bitWidth == 64 ? "ll" : "") + (T.isSigned ? "d" : "u")
      arguments.append("\(value)")
    }
  }
}

public struct Text: Primitive, Equatable, Sendable {
  enum Content: Equatable, Sendable {
    case key(LocalizedStringKey)
    case verbatim(String)
  }
  let content: Content
  public nonisolated init(
    _ key: LocalizedStringKey, tableName: String? = nil, bundle: Bundle? = nil, comment: StaticString? = nil
  ) { content = .key(key) }
  @_disfavoredOverload public nonisolated init<S: StringProtocol>(_ content: S) { self.content = .verbatim(String(content)) }
  public nonisolated init(verbatim content: String) { self.content = .verbatim(content) }
  public func draw(_ renderer: Renderer) { renderer.leaf("Text", renderer.resolve(self)) }
  public nonisolated func bold() -> Text { self }
  public nonisolated func monospacedDigit() -> Text { self }
}

public struct Image: Primitive {
  let name: String
  public init(systemName: String) { name = systemName }
  public func draw(_ renderer: Renderer) { renderer.leaf("Image", name) }
}

public struct Label<Title: View, Icon: View>: Primitive {
  let title: Title
  let icon: Icon
  public init(@ViewBuilder title: () -> Title, @ViewBuilder icon: () -> Icon) {
    self.title = title()
    self.icon = icon()
  }
  public func draw(_ renderer: Renderer) { renderer.node("Label") { renderer.child(title, "title") } }
}
extension Label where Title == Text, Icon == Image {
  public init(_ titleKey: LocalizedStringKey, systemImage name: String) {
    self.init { Text(titleKey) } icon: { Image(systemName: name) }
  }
  @_disfavoredOverload public init<S: StringProtocol>(_ title: S, systemImage name: String) {
    self.init { Text(title) } icon: { Image(systemName: name) }
  }
}

public struct Font: Sendable {
  public static let largeTitle = Font(), title2 = Font(), title3 = Font(), headline = Font()
  public static let subheadline = Font(), body = Font(), callout = Font(), footnote = Font(), caption = Font()
}

public protocol ShapeStyle: Sendable {}
public struct HierarchicalShapeStyle: ShapeStyle {}
public struct TintShapeStyle: ShapeStyle {}
public struct Color: ShapeStyle, Primitive, Hashable {
  let name: String
  public nonisolated static let red = Color(name: "red"), orange = Color(name: "orange"), green = Color(name: "green")
  public nonisolated static let accentColor = Color(name: "accent"), clear = Color(name: "clear")
  public func draw(_ renderer: Renderer) {}
}
extension ShapeStyle where Self == HierarchicalShapeStyle {
  public static var primary: HierarchicalShapeStyle { .init() }
  public static var secondary: HierarchicalShapeStyle { .init() }
}
public struct Material: ShapeStyle {}
extension ShapeStyle where Self == Material {
  public static var thickMaterial: Material { .init() }
}
extension ShapeStyle where Self == TintShapeStyle {
  public static var tint: TintShapeStyle { .init() }
}
extension ShapeStyle where Self == Color {
  public static var red: Color { .init(name: "red") }
  public static var orange: Color { .init(name: "orange") }
  public static var green: Color { .init(name: "green") }
}
