// A scripted visit that the test kills: `FarleyVisit FOLDER LINK` works through a visit, one line after each step that
// is on the disk; `FarleyVisit FOLDER` starts again as after a kill and prints what the person finds.
import FarleyBindings
import FarleyKit
import FarleyTestKit
import Foundation

func step(_ name: String) {
  print(name)
  fflush(nil)
}

let folder = CommandLine.arguments[1]
let secrets = FileSecrets(folder: folder + "-secrets")
let phone = try Phone(.de)
let name = "Farley killed"

if CommandLine.arguments.count == 3 {
  let workspace = try await Workspace.enrol(
    folder: folder, link: CommandLine.arguments[2], deviceName: "Phone", app: name, secrets: secrets)
  let session = try Session(workspace, routes: Routes(), formats: phone.formats, platform: phone.platform)
  let made = try await workspace.apply(
    edit: EditData(
      id: nil, kind: "visit", base: [], set: [NamedValue(field: "purpose", value: .text(text: "repair"))], add: [],
      remove: []))
  let visit = VisitModel(session, id: made.id)
  await visit.load()
  await visit.startTapped()
  step("started")
  for letter in VisitScript.report {
    visit.report.append(letter)
    await visit.flush()
    step("typed")
  }
  visit.outcome = "successful"
  await visit.flush()
  step("outcome")
  visit.nextStep = VisitScript.nextStep
  await visit.flush()
  step("next")
  await visit.endTapped()
  step("ended")
} else {
  let workspace = try await Workspace.open(folder: folder, app: name, secrets: secrets)
  let session = try Session(workspace, routes: Routes(), formats: phone.formats, platform: phone.platform)
  let query = RowQuery(
    kind: "visit", search: nil, conditions: [], sort: [], removed: false, columns: [], list: nil)
  guard let row = try await workspace.page(query: query, cursor: nil, limit: 1).rows.first else {
    step("no visit")
    exit(1)
  }
  let visit = VisitModel(session, id: row.id)
  await visit.load()
  step("report=\(visit.report)")
  step("outcome=\(visit.outcome)")
  // The person goes on where they were: the next step becomes one task, also if it had become one already.
  if visit.stage == .running { await visit.endTapped() } else if visit.dirty { await visit.saveTapped() }
  let tasks = TasksModel(session)
  await tasks.load()
  step("tasks=\(tasks.rows.map(\.title).joined(separator: "+"))")
  step("stage=\(visit.stage)")
}
