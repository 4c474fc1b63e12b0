/// Words for people, by key: what a model says, in whatever language the screen then speaks.
///
/// `Phrases.swift` names every one; the words themselves lie in the app's string catalog.
public struct Phrase: Hashable, Sendable {
  public enum Argument: Hashable, Sendable {
    case number(Int)
    case text(String)
  }

  /// `sync.waiting`.
  public let name: String
  public let arguments: [Argument]

  init(_ name: String, _ arguments: Argument...) {
    self.name = name
    self.arguments = arguments
  }

  /// As the catalog has it, and as SwiftUI makes it from an interpolation: `sync.waiting %lld`.
  public var key: String {
    arguments.reduce(name) { key, argument in
      switch argument {
      case .number: key + " %lld"
      case .text: key + " %@"
      }
    }
  }
}

/// Puts a phrase into the words of the language in use, where a sentence needs another one inside.
public typealias Say = @Sendable (Phrase) -> String
