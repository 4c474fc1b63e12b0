// A phone for "one company" (tests/examples/company): the models behind a line protocol. One request a line, its words
// separated by tabs; one answer a line, `ok` or `error`. What a person does goes through a model; only sync and dump ask
// the core.
import FarleyBindings
import FarleyTestKit
import Foundation

@testable import FarleyKit

struct Refused: Error, CustomStringConvertible {
  let description: String
}

@MainActor final class CompanyPhone {
  private var session: Session?

  func answer(_ request: String, _ words: [String]) async throws -> [String] {
    switch request {
    case "hello": return []
    case "enrol": return try await enrol(folder: words[0], link: words[1], name: words[2])
    case "create": return [try await saved(FormModel(try open(), kind: words[0], id: nil), words[1], words[2])]
    case "set": return [try await saved(FormModel(try open(), kind: words[0], id: words[1]), words[2], words[3])]
    case "fields": return try await fields(of: words[0])
    case "note": return [try await newNote(about: words[0], words[1])]
    case "write": return try await write(words[0], words[1], words[2])
    case "read": return [try await text(words[0])]
    case "sync": return try await sync()
    case "conflicts": return try await conflicts()
    case "dump":
      try await open().workspace.writeDump(path: words[0])
      return []
    case "close":
      let session = try open()
      self.session = nil
      session.end()
      try await session.workspace.close()
      return []
    default: throw Refused(description: "unknown request \(request)")
    }
  }

  private func open() throws -> Session {
    guard let session else { throw Refused(description: "enrol first") }
    return session
  }

  private func enrol(folder: String, link: String, name: String) async throws -> [String] {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let phone = try Phone(.de)
    let workspace = try await Workspace.enrol(
      folder: folder, link: link, deviceName: name, app: "Farley company test", secrets: phone.secrets)
    session = try Session(workspace, routes: Routes(), formats: phone.formats, platform: phone.platform)
    return []
  }

  private func saved(_ form: FormModel, _ field: String, _ text: String) async throws -> String {
    await form.load()
    form.enter(field, .text(text))
    await form.saveTapped()
    if let message = form.message { throw Refused(description: "not saved: \(message)") }
    if let id = form.id { return id }
    let query = RowQuery(
      kind: form.kind, search: text, conditions: [], sort: [], removed: false, columns: [], list: nil)
    guard let row = try await form.session.workspace.page(query: query, cursor: nil, limit: 1).rows.first else {
      throw Refused(description: "saved, and not found again")
    }
    return row.id
  }

  /// German labels of a new record's form.
  private func fields(of kind: String) async throws -> [String] {
    let session = try open()
    // What `begin` would hear of by itself.
    await session.changed(ChangeNotice(kinds: ["setting"], ids: [], much: false))
    let form = FormModel(session, kind: kind, id: nil)
    await form.load()
    return form.parts.flatMap(\.fields).map(\.info.label.de)
  }

  private func newNote(about: String, _ text: String) async throws -> String {
    let note = TextModel(try open(), about: about)
    await note.load()
    note.body = text
    await note.saveTapped()
    guard let id = note.id else { throw Refused(description: "not saved: \(String(describing: note.message))") }
    return id
  }

  private func write(_ id: String, _ old: String, _ new: String) async throws -> [String] {
    let note = TextModel(try open(), id: id)
    await note.load()
    guard note.body.contains(old) else { throw Refused(description: "the note reads \(note.body)") }
    note.body = note.body.replacingOccurrences(of: old, with: new)
    await note.saveTapped()
    if let message = note.message { throw Refused(description: "not saved: \(message)") }
    return []
  }

  private func text(_ id: String) async throws -> String {
    let note = TextModel(try open(), id: id)
    await note.load()
    return note.body
  }

  private func sync() async throws -> [String] {
    let moved = try await open().workspace.syncOnce(limitMs: 20_000)
    return ["\(moved.up)", "\(moved.down)", moved.carrier.map { "\($0)" } ?? "none"]
  }

  private func conflicts() async throws -> [String] {
    let model = ConflictsModel(try open())
    await model.load()
    var lines: [String] = []
    for conflict in try await open().workspace.conflicts(limit: 100) {
      lines.append("\(conflict.key): \(conflict.versions.map { "\($0.value)" }.joined(separator: " / "))")
    }
    guard lines.count == model.conflicts.count else { throw Refused(description: "the screen shows other conflicts") }
    return lines
  }
}

let phone = CompanyPhone()
while let line = readLine() {
  let words = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
  guard let request = words.first, request != "quit" else { break }
  let answer: [String]
  do {
    answer = ["ok"] + (try await phone.answer(request, Array(words.dropFirst())))
  } catch {
    answer = ["error", "\(error)"]
  }
  print(answer.joined(separator: "\t").replacingOccurrences(of: "\n", with: " "))
  fflush(nil)
}
