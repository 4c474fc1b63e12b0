import FarleyBindings

/// Keeps what stands in a form in the core while it is typed, so that the end of the process loses nothing.
///
/// Every change is written at once; while one write is on its way the newest state waits, older ones are skipped.
@MainActor final class DraftKeeper {
  private let workspace: Workspace
  let name: String
  private var newest: EditData?
  private var writing: Task<Void, Never>?
  /// The last write failed: the form says so.
  private(set) var failure: UserMessage?

  init(_ workspace: Workspace, _ name: String) {
    self.workspace = workspace
    self.name = name
  }

  func read() async -> DraftData? { try? await workspace.draft(name: name) }

  func keep(_ edit: EditData) {
    newest = edit
    guard writing == nil else { return }
    writing = Task { [self] in
      while let edit = newest {
        newest = nil
        do {
          try await workspace.saveDraft(draft: DraftData(name: name, edit: edit, savedAt: 0))
          failure = nil
        } catch {
          failure = UserMessage(error)
        }
      }
      writing = nil
    }
  }

  /// Everything typed so far is on the disk when this returns.
  func flush() async { await writing?.value }

  func discard() async {
    newest = nil
    await flush()
    try? await workspace.discardDraft(name: name)
  }
}

extension EditData {
  static func create(_ kind: String, id: String? = nil, _ values: [(String, FieldValue)]) -> EditData {
    EditData(
      id: id, kind: kind, base: [], set: values.map { NamedValue(field: $0.0, value: $0.1) }, add: [], remove: [])
  }

  static func change(
    _ id: String, base: [String] = [], set: [(String, FieldValue)] = [], add: [(String, FieldValue)] = []
  ) -> EditData {
    EditData(
      id: id, kind: nil, base: base, set: set.map { NamedValue(field: $0.0, value: $0.1) },
      add: add.map { NamedValue(field: $0.0, value: $0.1) }, remove: [])
  }

  func value(_ field: String) -> FieldValue? { set.first { $0.field == field }?.value }

  func text(_ field: String) -> String? {
    switch value(field) {
    case .text(let text), .typed(let text): text
    default: nil
    }
  }
}
