// Generated from mobile-bindings/words.toml by `cargo xtask words`. Do not edit.

package org.farley.model

import java.text.NumberFormat
import java.util.Locale

internal object WordsEn : Words {
    override val appName: String = "Farley"
    override val callCallBack: String = "Will call back"
    override val callLog: String = "Log the call"
    override val callNotNow: String = "Not now"
    override val callNotReached: String = "Not reached"

    override fun callNoteTitle(result: String): String = "Call: $result"

    override fun callOffer(who: String): String = "Log the call with $who?"

    override val callOfferHint: String = "Three taps to a note."
    override val callReached: String = "Reached"
    override val callSaved: String = "Call logged."
    override val callWords: String = "What was it about?"
    override val commonAdd: String = "Add"
    override val commonBack: String = "Back"
    override val commonCancel: String = "Cancel"
    override val commonClear: String = "Clear"
    override val commonClose: String = "Close"
    override val commonCopied: String = "Copied."
    override val commonCopy: String = "Copy"
    override val commonDone: String = "Done"
    override val commonEdit: String = "Edit"
    override val commonLoading: String = "Loading …"
    override val commonMoreActions: String = "More actions"

    override fun commonNOfM(
        n: Long,
        m: Long,
    ): String = "${grouped(n)} of ${grouped(m)}"

    override val commonNext: String = "Continue"
    override val commonNo: String = "No"
    override val commonNone: String = "not given"
    override val commonNotHere: String = "not on this device"
    override val commonOpen: String = "Open"
    override val commonReload: String = "Reload"
    override val commonRemove: String = "Remove"
    override val commonRetry: String = "Try again"
    override val commonSave: String = "Save"
    override val commonSaved: String = "Saved on this device."
    override val commonSaving: String = "Saving …"
    override val commonShare: String = "Share"
    override val commonShowMore: String = "Show more"
    override val commonUndo: String = "Undo"
    override val commonUndone: String = "Taken back."
    override val commonUnknown: String = "unknown"
    override val commonUntitled: String = "Unnamed"
    override val commonYes: String = "Yes"

    override fun conflictBy(
        who: String,
        time: String,
    ): String = "$who, typed $time"

    override fun conflictCount(n: Long): String =
        if (n == 1L) "${grouped(n)} field with 2 versions" else "${grouped(n)} fields with 2 versions"

    override val conflictEmpty: String = "Nothing to review: all entries fit together."
    override val conflictEmptyValue: String = "empty"
    override val conflictOpenRecord: String = "Open the record"
    override val conflictRemoved: String = "removed"
    override val conflictRule: String =
        "Both were entered without knowing of each other. Until you choose, every device shows the same one."
    override val conflictSettled: String = "Choice saved."
    override val conflictSettledElsewhere: String = "This was settled elsewhere."
    override val conflictShown: String = "shown"
    override val conflictTake: String = "Take this"

    override fun conflictTakeValue(value: String): String = "Take this: $value"

    override val conflictTitle: String = "Review versions"
    override val enrolBusy: String = "Connecting …"
    override val enrolCancelled: String = "Cancelled. The link stays here."
    override val enrolDeviceName: String = "Name of this device"
    override val enrolDeviceNameHint: String = "This is what the office calls this device, for example “Workshop tablet”."
    override val enrolDeviceNameMissing: String = "Please give the device a name."

    override fun enrolDone(workspace: String): String = "Connected to $workspace."

    override fun enrolFilling(n: Long): String =
        if (n == 1L) {
            "${grouped(n)} record still to come. You can work already."
        } else {
            "${grouped(n)} records still to come. You can work already."
        }

    override val enrolGo: String = "Connect"
    override val enrolIntro: String =
        "Your office shows you a code. It connects this device once; afterwards you work without network, too."
    override val enrolLink: String = "Link from the office"

    override fun enrolLinkOk(server: String): String = "The link is good. Server: $server"

    override val enrolLinkPlaceholder: String = "farley://enrol#…"
    override val enrolOtherWay: String = "No code? The office can send you the link instead."
    override val enrolPaste: String = "Paste the link"
    override val enrolScan: String = "Scan the code"
    override val enrolScanHint: String = "Hold the device over the code on the office screen."
    override val enrolScanning: String = "The camera is on. Hold the code in the picture."
    override val enrolTitle: String = "Connect this device"

    override fun errorCode(code: String): String = "Id $code"

    override val errorCorrupt: String = "The data on this device are damaged. What could be read is kept. Please ask the office."
    override val errorDiskFull: String = "The storage is full. What you typed is still here. Please make room and save again."
    override val errorFileEmpty: String = "This file is empty."
    override val errorFileTooLarge: String = "This file is too large."
    override val errorFileUnreadable: String = "This file cannot be read."
    override val errorInUse: String = "Farley is open already. Please close the other window."
    override val errorInternal: String = "That did not work. Nothing is lost. Please try again."
    override val errorInvalid: String = "The value does not fit this field. What you typed is still there."

    override fun errorInvalidField(field: String): String = "$field: the value does not fit this field."

    override val errorNewerDatabase: String = "These data are of a newer app. Please update Farley."
    override val errorNoApp: String = "This device has no app for it."
    override val errorNotEnrolled: String = "This device is not connected yet."
    override val errorNotFound: String = "This record is not on this device (any more)."
    override val errorNothingChanged: String = "Nothing was changed."
    override val errorNothingToUndo: String = "There is nothing to take back."
    override val errorReadOnly: String = "The office assigns this; it cannot be changed here."
    override val errorRefused: String = "The office refused this. What you typed stays here."
    override val errorSecret: String = "The key of this device cannot be read just now. Please unlock the device and try again."
    override val errorTypedKept: String = "What you typed is kept."
    override val errorUnreachable: String = "The server does not answer. Check the network and try again."
    override val errorWrongKey: String = "The key does not fit the data on this device. Nothing was deleted. Please ask the office."

    override fun formAddEntry(what: String): String = "Add $what"

    override val formAllDay: String = "all day"
    override val formArrivedMeanwhile: String = "Changes came from the office meanwhile. What you typed stays; both are merged."
    override val formCity: String = "City"
    override val formCommas: String = "Separate with commas"
    override val formCountry: String = "Country"

    override fun formCreate(what: String): String = "New: $what"

    override val formDiscard: String = "Discard the draft"
    override val formDiscarded: String = "Draft discarded."

    override fun formDraftFrom(time: String): String = "Continued your draft of $time"

    override val formDraftKept: String = "Draft kept"

    override fun formEdit(what: String): String = "Edit $what"

    override val formEnd: String = "End"
    override val formFewerFields: String = "Fewer fields"
    override val formMissingHint: String = "May stay empty."
    override val formMoreFields: String = "All fields"
    override val formNoChoice: String = "nothing chosen"
    override val formOfficeOnly: String = "This field is edited at the office."

    override fun formPickLink(what: String): String = "Choose $what"

    override val formPostalCode: String = "Postcode"
    override val formReadOnly: String = "assigned by the office"
    override val formRegion: String = "Region"

    override fun formRemoveEntry(what: String): String = "Remove $what"

    override val formSearchLink: String = "Type to search"
    override val formStart: String = "Start"
    override val formStreet: String = "Street"
    override val formStreet2: String = "Addition"
    override val importCancelled: String = "Import cancelled. What was imported until then stays and can be taken back."

    override fun importCreated(n: Long): String = "${grouped(n)} new"

    override val importDone: String = "Import finished."

    override fun importDuplicates(n: Long): String =
        if (n == 1L) "${grouped(n)} possible duplicate" else "${grouped(n)} possible duplicates"

    override val importNothing: String = "There is nothing in this file that Farley can read."
    override val importPreview: String = "Nothing has been written yet."

    override fun importProblems(n: Long): String = if (n == 1L) "${grouped(n)} row does not fit" else "${grouped(n)} rows do not fit"

    override val importReading: String = "Reading the file …"

    override fun importRow(n: Long): String = "Row ${grouped(n)}"

    override val importRun: String = "Apply"
    override val importTitle: String = "Import"

    override fun importUnchanged(n: Long): String = "${grouped(n)} unchanged"

    override val importUndo: String = "Undo the whole import"
    override val importUndone: String = "The import was taken back."

    override fun importUpdated(n: Long): String = "${grouped(n)} updated"

    override val linkErrorDamaged: String = "The link is damaged. Please copy it again or ask the office for a new one."
    override val linkErrorNewerVersion: String = "This link needs a newer app. Please update Farley."
    override val linkErrorNoAddress: String = "The link names no server. Please ask the office for a new one."
    override val linkErrorNotALink: String = "This is not a link from Farley. It starts with farley:// or with the address of your office."
    override val linkErrorTrailing: String = "Something stands behind the link. Please copy the link alone."
    override val linkErrorTruncated: String = "The link is cut off. Please copy all of it or scan the code."
    override val linkErrorWrongCharacter: String = "The link holds a wrong character. Please copy it again."

    override fun listCount(n: Long): String = if (n == 1L) "${grouped(n)} record" else "${grouped(n)} records"

    override fun listCreate(what: String): String = "New: $what"

    override val listEmptyCompany: String = "The companies you work with are listed here."
    override val listEmptyContact: String = "The people you work with are listed here."
    override val listEmptyHint: String = "Create the first record. It works without network, too."
    override val listEmptyNote: String = "Your notes are listed here."
    override val listEmptyOther: String = "Nothing here yet."
    override val listEmptyTask: String = "What is to be done, and by when, is listed here."
    override val listEmptyTrash: String = "The trash is empty."
    override val listEmptyVisit: String = "Visits are listed here, planned and done."
    override val listEnd: String = "End of the list"
    override val listFresh: String = "new since you last looked"

    override fun listFreshCount(n: Long): String =
        if (n == 1L) "${grouped(n)} change since you last looked" else "${grouped(n)} changes since you last looked"

    override val listMarkSeen: String = "All seen"
    override val listNothingFound: String = "Nothing found. Try another word."

    override fun listSearchIn(what: String): String = "Search $what"

    override val listSortChanged: String = "Last changed"
    override val listSortLabel: String = "Order"
    override val listSortName: String = "By name"
    override val listTrash: String = "Trash"
    override val lockCovered: String = "Farley"
    override val lockFailed: String = "That did not work. Please try again."
    override val lockReason: String = "So that only you see your customers' data."
    override val lockTitle: String = "Farley is locked"
    override val lockUnlock: String = "Unlock"
    override val navCompanies: String = "Companies"
    override val navConflicts: String = "Review versions"
    override val navContacts: String = "Contacts"
    override val navLabel: String = "Screens"
    override val navMore: String = "More"
    override val navNotes: String = "Notes"
    override val navPickOne: String = "Choose a record on the left."
    override val navSearch: String = "Search"
    override val navSettings: String = "Settings"
    override val navSync: String = "Transfer"
    override val navTasks: String = "Tasks"
    override val navToday: String = "Today"
    override val navVisits: String = "Visits"

    override fun noteAbout(what: String): String = "About $what"

    override fun noteAlsoWrote(who: String): String = "$who wrote here as well; both texts are kept."

    override val noteAlsoWroteSomeone: String = "Somebody wrote here as well; both texts are kept."
    override val noteCommentPlaceholder: String = "Write a comment …"
    override val noteCommentSave: String = "Send the comment"
    override val noteComments: String = "Comments"
    override val noteEmpty: String = "Write a few words first."
    override val noteHeading: String = "Heading"
    override val noteNew: String = "New note"
    override val noteNoComments: String = "No comments yet."
    override val notePlaceholder: String = "Write a note …"
    override val noteSave: String = "Save the note"
    override val noteSaved: String = "Note saved."
    override val noteTitle: String = "Note"
    override val noticeChannelDue: String = "What is due"
    override val noticeChannelDueAbout: String = "Tasks and follow-ups that become due"
    override val noticeChannelSync: String = "Transfer"
    override val noticeChannelSyncAbout: String = "Runs while many data arrive"
    override val noticeDoneAction: String = "Done"
    override val noticeDueHidden: String = "A task becomes due."
    override val noticeDueText: String = "Due today"

    override fun noticeDueTitle(what: String): String = "Due: $what"

    override val noticeSyncTitle: String = "Farley is transferring"
    override val noticeTomorrowAction: String = "Tomorrow"

    override fun noticeVisitText(time: String): String = "at $time"

    override fun noticeVisitTitle(what: String): String = "Visit: $what"

    override val permissionBiometrics: String = "So that only you open Farley on this device."
    override val permissionCalendar: String = "So that an appointment gets into your own calendar."
    override val permissionCamera: String = "The camera scans the code from the office and takes photos."
    override val permissionCameraDenied: String = "It works without a camera: paste the link the office sends you."
    override val permissionLocalNetwork: String = "So that Farley reaches the server in your company directly."
    override val permissionLocation: String = "Only when you tap it does Farley record where a visit began."
    override val permissionMicrophone: String = "The microphone records spoken notes."
    override val permissionNotifications: String = "So that Farley can remind you of what is due, without network, too."
    override val permissionOpenSettings: String = "Allow in the settings"
    override val permissionPhotos: String = "You choose which photos Farley gets."

    override fun recordArrived(time: String): String = "at the office $time"

    override val recordCalendar: String = "Into my calendar"
    override val recordCall: String = "Call"

    override fun recordCallNumber(number: String): String = "Call $number"

    override fun recordCallWho(who: String): String = "Call $who"

    override fun recordChanged(time: String): String = "changed $time"

    override fun recordChangedBy(
        time: String,
        who: String,
    ): String = "changed $time · $who"

    override fun recordCreatedBy(
        time: String,
        who: String,
    ): String = "created $time · $who"

    override val recordEarlier: String = "Earlier values"
    override val recordEmptied: String = "emptied"
    override val recordFacts: String = "Facts"
    override val recordHideEmpty: String = "Hide empty fields"
    override val recordInTrash: String = "This record is in the trash."
    override val recordLookAtVersions: String = "Look at the versions"
    override val recordMail: String = "Write an e-mail"

    override fun recordMailTo(address: String): String = "E-mail to $address"

    override val recordMap: String = "Open the map"

    override fun recordMapOf(place: String): String = "Show $place on the map"

    override val recordMessage: String = "Write a text message"

    override fun recordMessageTo(number: String): String = "Text message to $number"

    override val recordNewNote: String = "Note"
    override val recordNewTask: String = "Task"
    override val recordNewVisit: String = "Visit"
    override val recordNoEarlier: String = "No earlier value."
    override val recordNoTimeline: String = "No history yet. Write the first note."
    override val recordNotFound: String = "This record is not on this device (any more)."
    override val recordNotFoundHint: String = "Perhaps the office erased it, or it is still on its way."
    override val recordProblemIllTyped: String = "does not fit the field"
    override val recordProblemMissing: String = "still missing"
    override val recordProblemTooLong: String = "too long"
    override val recordRestore: String = "Restore"

    override fun recordRestored(what: String): String = "Restored: $what"

    override val recordShareCard: String = "Share as a contact card"
    override val recordShowEmpty: String = "Show empty fields"
    override val recordSomeone: String = "unknown device"
    override val recordTimeline: String = "History"
    override val recordToTrash: String = "Move to trash"

    override fun recordTrashed(what: String): String = "Moved to the trash: $what"

    override val recordTwoVersions: String = "2 versions"

    override fun recordTyped(time: String): String = "typed $time"

    override fun recordWas(value: String): String = "before: $value"

    override fun recordWebOf(address: String): String = "Open $address"

    override fun recordWhoChanged(field: String): String = "Who changed $field"

    override val refusedExists: String = "This device is connected already."
    override val refusedExpired: String = "This invitation has expired. Please ask the office for a new one."
    override val refusedOther: String = "The office refused this. Nothing is lost. Please ask there."
    override val refusedTooManyDevices: String = "As many devices are connected as allowed. The office can lock one."
    override val refusedTooManyTries: String = "This invitation was tried too often. Please ask the office for a new one."
    override val refusedTryLater: String = "Too many tries from here. Please try again in an hour."
    override val refusedUnknown: String = "The office does not know this invitation. Please check the link or ask for a new one."
    override val refusedUpdate: String = "The office uses another version. Please update Farley."
    override val refusedUsed: String = "This invitation was used already. Please ask the office for a new one."
    override val refusedWithdrawn: String = "This invitation was withdrawn. Please ask the office for a new one."

    override fun sayClearOf(field: String): String = "Clear $field"

    override val sayCollapse: String = "collapse"

    override fun sayConflictBadge(n: Long): String = if (n == 1L) "${grouped(n)} field to review" else "${grouped(n)} fields to review"

    override fun sayDateOf(field: String): String = "Date for $field"

    override val sayExpand: String = "expand"
    override val sayFreshBadge: String = "new"
    override val sayRequiredNone: String = "optional"

    override fun sayRowActions(what: String): String = "Actions for $what"

    override val saySelected: String = "selected"

    override fun sayStep(
        n: Long,
        m: Long,
    ): String = "Step ${grouped(n)} of ${grouped(m)}"

    override val searchAllKinds: String = "Everything"
    override val searchHint: String = "Search everything on this device. Without network, too."
    override val searchNothing: String = "Nothing found."
    override val searchNothingHint: String = "Try fewer letters or a part of the word."
    override val searchPrompt: String = "Name, place, phone, text"

    override fun searchResults(n: Long): String = if (n == 1L) "${grouped(n)} result" else "${grouped(n)} results"

    override val searchTitle: String = "Search"
    override val searchTooSlow: String = "This search takes too long. Please narrow it."
    override val settingsDevice: String = "This device"
    override val settingsDeviceId: String = "Id"
    override val settingsDiagnostics: String = "Report for support"
    override val settingsDiagnosticsHint: String = "Holds no names, texts or numbers. You see it before you share it."
    override val settingsDiagnosticsMake: String = "Create the report"
    override val settingsDiagnosticsShare: String = "Share the report"
    override val settingsEnglish: String = "English"
    override val settingsGerman: String = "Deutsch"
    override val settingsLanguage: String = "Language"
    override val settingsLanguageSystem: String = "like the device"
    override val settingsLanguageWhere: String = "You choose the language in the settings of the device."
    override val settingsLock: String = "Lock the app"
    override val settingsLockHint: String = "Asks for face, finger or code on opening."
    override val settingsLockUnavailable: String = "This device has no lock. Set up a code first."
    override val settingsOpenSystem: String = "Open the settings of the device"
    override val settingsPhotoPlace: String = "Keep the place in photos"
    override val settingsPhotoPlaceHint: String = "When off, Farley removes the place from every photo."
    override val settingsReminders: String = "Remind me of what is due"
    override val settingsRemindersHint: String = "Reminders come without network, too."
    override val settingsServer: String = "Server"
    override val settingsTitle: String = "Settings"

    override fun settingsVersion(version: String): String = "Version $version"

    override val settingsWorkspace: String = "Workspace"
    override val syncAirplane: String = "Transfer is paused"
    override val syncAirplaneHint: String = "You keep working as usual. Sending starts when you allow it again."
    override val syncAirplaneSwitch: String = "Pause the transfer"
    override val syncAllSent: String = "Everything is at the office."
    override val syncBusy: String = "sending …"

    override fun syncClockOff(n: Long): String =
        if (n == 1L) {
            "The clock of this device is ${grouped(n)} minute wrong. Please set it."
        } else {
            "The clock of this device is ${grouped(n)} minutes wrong. Please set it."
        }

    override val syncConnected: String = "connected"

    override fun syncFilling(n: Long): String = if (n == 1L) "${grouped(n)} record still to come" else "${grouped(n)} records still to come"

    override fun syncFillingSize(size: String): String = "$size to go"

    override val syncIconOk: String = "Transfer: everything at the office"
    override val syncIconTrouble: String = "Transfer: please have a look"

    override fun syncIconWaiting(n: Long): String =
        if (n == 1L) "Transfer: ${grouped(n)} entry waiting" else "Transfer: ${grouped(n)} entries waiting"

    override fun syncLastContact(time: String): String = "last connected $time"

    override val syncNever: String = "never connected"

    override fun syncNextTry(time: String): String = "next try $time"

    override val syncNow: String = "Send now"
    override val syncOffline: String = "without network"

    override fun syncOfflineSince(time: String): String = "without network since $time"

    override fun syncOldest(time: String): String = "the oldest of $time"

    override val syncQuic: String = "direct (QUIC)"
    override val syncSafeHere: String = "Your entries are kept on this device and are sent as soon as there is a network."

    override fun syncSent(
        n: Long,
        m: Long,
    ): String = "${grouped(n)} sent, ${grouped(m)} received"

    override val syncServer: String = "Server"
    override val syncTitle: String = "Transfer"
    override val syncUpToDate: String = "Everything is up to date."

    override fun syncWaiting(n: Long): String =
        if (n == 1L) "${grouped(n)} entry is not sent yet" else "${grouped(n)} entries are not sent yet"

    override fun syncWaitingShort(n: Long): String = if (n == 1L) "${grouped(n)} not sent yet" else "${grouped(n)} not sent yet"

    override val syncWay: String = "Way"
    override val syncWebsocket: String = "through the web (WebSocket)"
    override val taskDone: String = "Done"

    override fun taskDue(time: String): String = "due $time"

    override val taskEmpty: String = "No open tasks."
    override val taskEmptyDone: String = "Nothing done yet."
    override val taskMarkDone: String = "Done"

    override fun taskMarkDoneWhat(what: String): String = "Tick off $what"

    override val taskNew: String = "New task"
    override val taskNoDue: String = "no date"
    override val taskOpen: String = "Open"
    override val taskOverdue: String = "overdue"
    override val taskPickDay: String = "Pick a day"
    override val taskReopen: String = "Open again"
    override val taskSubject: String = "Subject"
    override val taskSubjectPlaceholder: String = "What is to be done?"
    override val taskTitle: String = "Tasks"
    override val taskWhen: String = "By when"

    override fun timeDays(n: Long): String = if (n == 1L) "${grouped(n)} day" else "${grouped(n)} days"

    override fun timeDaysOverdue(n: Long): String = if (n == 1L) "${grouped(n)} day overdue" else "${grouped(n)} days overdue"

    override fun timeHours(n: Long): String = if (n == 1L) "${grouped(n)} hour" else "${grouped(n)} hours"

    override fun timeHoursAgo(n: Long): String = if (n == 1L) "${grouped(n)} h ago" else "${grouped(n)} h ago"

    override fun timeMinutes(n: Long): String = if (n == 1L) "${grouped(n)} minute" else "${grouped(n)} minutes"

    override fun timeMinutesAgo(n: Long): String = if (n == 1L) "${grouped(n)} min ago" else "${grouped(n)} min ago"

    override val timeNow: String = "just now"
    override val timeToday: String = "today"
    override val timeTomorrow: String = "tomorrow"
    override val timeYesterday: String = "yesterday"
    override val todayContinueVisit: String = "Continue the visit"
    override val todayDraftOpen: String = "Continue the draft"
    override val todayDrafts: String = "Started"
    override val todayDue: String = "Due today"
    override val todayMarkDone: String = "Done"

    override fun todayMoved(
        what: String,
        time: String,
    ): String = "$what: $time"

    override val todayNewTask: String = "Create a task"
    override val todayNothing: String = "Nothing is planned for today."
    override val todayNothingHint: String = "Plan a visit or create a task."
    override val todayOverdue: String = "Overdue"
    override val todayPlanVisit: String = "Plan a visit"
    override val todayStartVisit: String = "Start the visit"

    override fun todayTicked(what: String): String = "Done: $what"

    override val todayTitle: String = "Today"
    override val todayTomorrow: String = "Tomorrow"
    override val todayVisits: String = "Visits"
    override val todayWeek: String = "Next week"
    override val transferAtOffice: String = "at the office"

    override fun transferAtOfficeSince(time: String): String = "at the office since $time"

    override fun transferVersions(n: Long): String =
        if (n == 1L) "${grouped(n)} field with 2 versions" else "${grouped(n)} fields with 2 versions"

    override val transferWaiting: String = "not sent yet"
    override val troubleBusy: String = "The server is busy just now. Farley tries again soon."
    override val troubleCloned: String = "This device exists twice. Please tell the office; your entries stay here."
    override val troubleCopied: String = "These data were copied to another device. Please connect it with a new code."
    override val troubleDrain: String = "This device receives no more data. What you typed is still sent."
    override val troubleInternal: String = "The transfer has a fault. Your entries are kept on this device."
    override val troubleNewerServer: String = "The office uses a newer version. Please update Farley. Your entries stay here."
    override val troubleNotEnrolled: String = "The office does not know this device. Your entries stay here. Please ask for a new code."
    override val troubleRevoked: String = "The office has locked this device. Your entries stay here. Please ask there."
    override val troubleStorage: String = "The storage of this device is full. Please make room; until then nothing new arrives."
    override val troubleUdpBlocked: String = "This network blocks the fast way. Farley takes the slower one; you need not do anything."
    override val troubleUnreachable: String = "The server does not answer. Farley keeps trying."
    override val troubleWipe: String = "The office has wiped this device."
    override val troubleWrongServer: String = "Somebody else's server answers at this address. Nothing was sent. Please tell the office."
    override val valueChoice: String = "This is not in the list."
    override val valueDate: String = "This is no date. Examples: 31.12.2026 or 2026-12-31."
    override val valueDuration: String = "This is no duration. Examples: 90, 1:30 or 1.5 h."
    override val valueEmail: String = "This is no e-mail address. Example: anna@example.org."
    override val valueGeo: String = "This is no position. Example: 53.55034,9.99215."
    override val valueInteger: String = "This is no whole number. Example: 12."
    override val valueKept: String = "What you typed stays in the field."
    override val valueMoney: String = "This is no amount. Examples: 1,234.50 EUR or CHF 1'234.50."
    override val valueNumber: String = "This is no number. Example: 12.5."
    override val valueOther: String = "The value does not fit this field."
    override val valuePeriod: String = "Please enter start and end; the end comes after the start."
    override val valueRule: String = "This is no repetition that Farley knows."
    override val valueTooLong: String = "This is too long. Please shorten the text."
    override val valueUrl: String = "This is no web address. Example: www.example.org."
    override val visitCancelVisit: String = "Call the visit off"
    override val visitCancelled: String = "called off"
    override val visitCheckInPlace: String = "Record the place"
    override val visitEnd: String = "End the visit"
    override val visitEndDone: String = "Visit saved."

    override fun visitEnded(time: String): String = "ended $time"

    override fun visitLasted(n: Long): String = if (n == 1L) "took ${grouped(n)} minute" else "took ${grouped(n)} minutes"

    override val visitNew: String = "New visit"
    override val visitNextMonth: String = "In a month"
    override val visitNextStep: String = "Next step"
    override val visitNextStepPlaceholder: String = "for example: send the quote"
    override val visitNextStepWhen: String = "By when"
    override val visitNextWeek: String = "In a week"
    override val visitNoNextStep: String = "No next step"
    override val visitNotPlanned: String = "no date"
    override val visitOutcome: String = "Outcome"
    override val visitOutcomeHint: String = "Tap what applies."
    override val visitPhoto: String = "Photo"
    override val visitPhotoAdd: String = "Take a photo"
    override val visitPhotoAnnotate: String = "Draw on the photo"
    override val visitPhotoNotOne: String = "This file is not a photo."
    override val visitPhotoPick: String = "Choose a photo"

    override fun visitPlanned(time: String): String = "planned $time"

    override val visitReopen: String = "Continue writing"
    override val visitReport: String = "Report"
    override val visitReportPlaceholder: String = "What was done? What did you notice?"

    override fun visitRunning(time: String): String = "running since $time"

    override val visitSavedWhileTyping: String = "Kept while you type"
    override val visitSignature: String = "Signature"
    override val visitSignatureAdd: String = "Have it signed"
    override val visitSignatureArea: String = "Signature field. Sign with a finger."
    override val visitSignatureClear: String = "Sign again"
    override val visitStart: String = "Start the visit"

    override fun visitStarted(time: String): String = "started $time"

    override val visitSteps: String = "Steps of the visit"
    override val visitTitle: String = "Visit"

    private fun grouped(n: Long): String = NumberFormat.getIntegerInstance(Locale.UK).format(n)
}
