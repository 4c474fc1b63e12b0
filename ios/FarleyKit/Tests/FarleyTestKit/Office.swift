import FarleyBindings
import FarleyKit
import Foundation

/// A real relay on loopback, in a process of its own, for as long as the tests run.
public final class Office: Sendable {
  /// A server takes so many enrolments from one address in a while; the next phones get a server of their own.
  private static let most = 15
  private static let running = Running()

  /// One that still takes this many phones. Starting one takes a second, so tests share them.
  public static func taking(_ phones: Int) throws -> Office {
    try running.lock.withLock {
      if let (office, room) = running.newest, room >= phones {
        running.newest = (office, room - phones)
        return office
      }
      let office = try Office()
      running.newest = (office, most - phones)
      return office
    }
  }

  /// One of its own, where nobody else writes.
  public static func own() throws -> Office { try running.lock.withLock { try Office() } }

  /// The office's computer is switched off.
  public func stop() { kill(server.processIdentifier, SIGKILL) }

  private final class Running: @unchecked Sendable {
    let lock = NSLock()
    var newest: (Office, room: Int)?
    var servers: [Int32] = []
  }

  private let program: String
  private let data: String
  private let server: Process

  private let counter = Counter()

  private init() throws {
    let library =
      ProcessInfo.processInfo.environment["FARLEY_LIB_DIR"]
      ?? URL(filePath: #filePath).appending(path: "../../../../../target/lib").standardized.path()
    program = "\(library)/farley"
    data = FileManager.default.temporaryDirectory.appending(path: "office-\(UUID().uuidString)").path()
    server = Process()
    server.executableURL = URL(filePath: program)
    server.arguments = ["serve", "--data", data, "--http", "127.0.0.1:0", "--quic", "127.0.0.1:0", "--json"]
    let output = Pipe()
    server.standardOutput = output
    server.standardError = FileHandle.nullDevice
    try server.run()
    // One line: it is ready.
    var ready = Data()
    while !ready.contains(10) {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { throw OfficeError(text: "the server did not start; is farley beside libfarley_mobile.so?") }
      ready += more
    }
    let id = server.processIdentifier
    Self.endAtExit(id)
  }

  /// Ends with the tests, whatever ends them regularly; a namespace takes what is left with it.
  private static func endAtExit(_ id: Int32) {
    if running.servers.isEmpty {
      atexit { for server in Office.running.servers { kill(server, SIGTERM) } }
    }
    running.servers.append(id)
  }

  /// A link that connects one device, for a new person: a person may have five devices only. From the second on the
  /// name carries a number.
  public func invite(_ name: String) throws -> String {
    let number = counter.next(name)
    let person = number == 1 ? name : "\(name) \(number)"
    _ = try run(["admin", "user", "add", person, "--role", "field"])
    struct Invited: Decodable { let link: String }
    return try JSONDecoder().decode(Invited.self, from: try run(["admin", "invite", "--user", person, "--json"])).link
  }

  /// Every record as the office has it, one JSON line each.
  public func dump() throws -> [String] {
    String(decoding: try run(["admin", "dump"]), as: UTF8.self).split(separator: "\n").map(String.init).sorted()
  }

  private func run(_ arguments: [String]) throws -> Data {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments + ["--data", data]
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let answer = output.fileHandleForReading.readDataToEndOfFile()
    let said = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw OfficeError(text: String(decoding: said, as: UTF8.self)) }
    return answer
  }
}

struct OfficeError: Error, CustomStringConvertible {
  let text: String
  var description: String { text }
}

private final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var counts: [String: Int] = [:]

  func next(_ name: String) -> Int {
    lock.withLock {
      counts[name, default: 0] += 1
      return counts[name] ?? 1
    }
  }
}
