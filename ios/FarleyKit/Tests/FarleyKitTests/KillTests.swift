import FarleyTestKit
import Foundation
import Testing

/// A process with a visit in it is killed (SIGKILL) between any two steps; the next one finds every letter that stood on
/// the screen.
@Suite(.serialized) struct KillTests {
  /// After the start, within the report, after outcome, next step and end.
  @Test(arguments: [1, 2, 9, 17, 26, 33, 34, 35, 36])
  func everyLetterOnTheScreenSurvivesAKillAtAnyStep(steps: Int) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "killed-\(UUID().uuidString)").path()
    let link = try Office.taking(1).invite("Finn Groß")
    let seen = try Self.visit([folder, link], killedAfter: steps)
    #expect(seen.count >= steps)
    let found = try Self.visit([folder], killedAfter: nil)
    let report = try #require(found.first { $0.hasPrefix("report=") }).dropFirst("report=".count)
    // A letter more may have got to the disk before the kill; none less.
    let letters = seen.count { $0 == "typed" }
    #expect(report.count >= letters)
    #expect(VisitScript.report.hasPrefix(report))
    if seen.contains("outcome") { #expect(found.contains("outcome=successful")) }
    // Going on after the kill ends the visit, and makes the next step one task, never two.
    if seen.contains("next") { #expect(found.contains("tasks=\(VisitScript.nextStep)")) }
    #expect(found.last == "stage=ended")
  }

  private static func visit(_ arguments: [String], killedAfter steps: Int?) throws -> [String] {
    let process = Process()
    // Beside the tests' own program.
    process.executableURL = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appending(path: "FarleyVisit")
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    var text = Data()
    while true {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { break }
      text += more
      if let steps, text.count(where: { $0 == 10 }) >= steps { kill(process.processIdentifier, SIGKILL) }
    }
    process.waitUntilExit()
    return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
