import FarleyKit
import Foundation

/// The app's own catalog, as iOS would look it up. Plurals by the rule of German and English.
public struct Words: Sendable {
  public let language: Language
  private let texts: [String: Entry]

  struct Catalog: Decodable, Sendable { let strings: [String: Strings] }
  struct Strings: Decodable, Sendable { let localizations: [String: Entry] }
  struct Entry: Decodable, Sendable {
    let stringUnit: Unit?
    let variations: Variations?
  }
  struct Unit: Decodable, Sendable { let value: String }
  struct Variations: Decodable, Sendable { let plural: [String: Entry] }

  public init(_ language: Language) throws {
    self.language = language
    let file = URL(filePath: #filePath).appending(path: "../../../../App/Localizable.xcstrings").standardized
    let catalog = try JSONDecoder().decode(Catalog.self, from: try Data(contentsOf: file))
    texts = catalog.strings.compactMapValues { $0.localizations[language.rawValue] }
  }

  /// Nil for a key the catalog lacks in this language.
  public func text(_ key: String, _ arguments: [String]) -> String? {
    guard let entry = texts[key] else { return nil }
    if let unit = entry.stringUnit { return unit.value }
    let number = arguments.first.flatMap { Int($0) }
    return entry.variations?.plural[number == 1 ? "one" : "other"]?.stringUnit?.value
  }

  /// The whole sentence; the key in braces if there is none, so that a test sees it.
  public func say(_ phrase: Phrase) -> String {
    let arguments = phrase.arguments.map { argument in
      switch argument {
      case .number(let number): "\(number)"
      case .text(let text): text
      }
    }
    guard var words = text(phrase.key, arguments) else { return "{\(phrase.key)}" }
    for (position, argument) in arguments.enumerated() {
      let found =
        words.range(of: "%\(position + 1)\\$(@|lld)", options: .regularExpression)
        ?? words.range(of: "%(@|lld)", options: .regularExpression)
      if let found { words.replaceSubrange(found, with: argument) }
    }
    return words
  }
}
