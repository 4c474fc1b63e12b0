import FarleyKit
import SwiftUI

// Phrases where SwiftUI takes keys. The app's catalog turns them into words.

extension LocalizedStringKey {
  init(_ phrase: Phrase) {
    // As the compiler makes it from "sync.waiting \(n)".
    var parts = LocalizedStringKey.StringInterpolation(
      literalCapacity: phrase.name.count, interpolationCount: phrase.arguments.count)
    parts.appendLiteral(phrase.name)
    for argument in phrase.arguments {
      parts.appendLiteral(" ")
      switch argument {
      case .number(let number): parts.appendInterpolation(number)
      case .text(let text): parts.appendInterpolation(text)
      }
    }
    self.init(stringInterpolation: parts)
  }
}

extension Text {
  init(_ phrase: Phrase) { self.init(LocalizedStringKey(phrase)) }
}

extension Label where Title == Text, Icon == Image {
  init(_ phrase: Phrase, systemImage: String) { self.init(LocalizedStringKey(phrase), systemImage: systemImage) }
}

extension Button where Label == Text {
  init(_ phrase: Phrase, role: ButtonRole? = nil, action: @escaping @MainActor () -> Void) {
    self.init(role: role, action: action) { Text(phrase) }
  }
}

extension Button where Label == SwiftUI.Label<Text, Image> {
  init(_ phrase: Phrase, systemImage: String, role: ButtonRole? = nil, action: @escaping @MainActor () -> Void) {
    self.init(role: role, action: action) { SwiftUI.Label(phrase, systemImage: systemImage) }
  }
}

extension Section where Parent == Text, Content: View, Footer == EmptyView {
  init(_ phrase: Phrase, @ViewBuilder content: () -> Content) {
    self.init(LocalizedStringKey(phrase), content: content)
  }
}

extension View {
  func navigationTitle(_ phrase: Phrase) -> some View { navigationTitle(LocalizedStringKey(phrase)) }
  func accessibilityLabel(_ phrase: Phrase) -> some View { accessibilityLabel(Text(phrase)) }
  func accessibilityHint(_ phrase: Phrase) -> some View { accessibilityHint(Text(phrase)) }
}
