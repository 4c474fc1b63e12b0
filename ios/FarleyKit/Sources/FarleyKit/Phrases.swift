// Generated from mobile-bindings/words.toml by `cargo xtask words`. Do not edit.

extension Phrase {
  public static let appName = Phrase("app.name")
  public static let callCallBack = Phrase("call.call_back")
  public static let callLog = Phrase("call.log")
  public static let callNotNow = Phrase("call.not_now")
  public static let callNotReached = Phrase("call.not_reached")
  public static func callNoteTitle(_ result: String) -> Phrase {
    Phrase("call.note_title", .text(result))
  }
  public static func callOffer(_ who: String) -> Phrase {
    Phrase("call.offer", .text(who))
  }
  public static let callOfferHint = Phrase("call.offer_hint")
  public static let callReached = Phrase("call.reached")
  public static let callSaved = Phrase("call.saved")
  public static let callWords = Phrase("call.words")
  public static let commonAdd = Phrase("common.add")
  public static let commonBack = Phrase("common.back")
  public static let commonCancel = Phrase("common.cancel")
  public static let commonClear = Phrase("common.clear")
  public static let commonClose = Phrase("common.close")
  public static let commonCopied = Phrase("common.copied")
  public static let commonCopy = Phrase("common.copy")
  public static let commonDone = Phrase("common.done")
  public static let commonEdit = Phrase("common.edit")
  public static let commonLoading = Phrase("common.loading")
  public static let commonMoreActions = Phrase("common.more_actions")
  public static func commonNOfM(n: Int, m: Int) -> Phrase {
    Phrase("common.n_of_m", .number(n), .number(m))
  }
  public static let commonNext = Phrase("common.next")
  public static let commonNo = Phrase("common.no")
  public static let commonNone = Phrase("common.none")
  public static let commonNotHere = Phrase("common.not_here")
  public static let commonOpen = Phrase("common.open")
  public static let commonReload = Phrase("common.reload")
  public static let commonRemove = Phrase("common.remove")
  public static let commonRetry = Phrase("common.retry")
  public static let commonSave = Phrase("common.save")
  public static let commonSaved = Phrase("common.saved")
  public static let commonSaving = Phrase("common.saving")
  public static let commonShare = Phrase("common.share")
  public static let commonShowMore = Phrase("common.show_more")
  public static let commonUndo = Phrase("common.undo")
  public static let commonUndone = Phrase("common.undone")
  public static let commonUnknown = Phrase("common.unknown")
  public static let commonUntitled = Phrase("common.untitled")
  public static let commonYes = Phrase("common.yes")
  public static func conflictBy(who: String, time: String) -> Phrase {
    Phrase("conflict.by", .text(who), .text(time))
  }
  public static func conflictCount(_ n: Int) -> Phrase {
    Phrase("conflict.count", .number(n))
  }
  public static let conflictEmpty = Phrase("conflict.empty")
  public static let conflictEmptyValue = Phrase("conflict.empty_value")
  public static let conflictOpenRecord = Phrase("conflict.open_record")
  public static let conflictRemoved = Phrase("conflict.removed")
  public static let conflictRule = Phrase("conflict.rule")
  public static let conflictSettled = Phrase("conflict.settled")
  public static let conflictSettledElsewhere = Phrase("conflict.settled_elsewhere")
  public static let conflictShown = Phrase("conflict.shown")
  public static let conflictTake = Phrase("conflict.take")
  public static func conflictTakeValue(_ value: String) -> Phrase {
    Phrase("conflict.take_value", .text(value))
  }
  public static let conflictTitle = Phrase("conflict.title")
  public static let enrolBusy = Phrase("enrol.busy")
  public static let enrolCancelled = Phrase("enrol.cancelled")
  public static let enrolDeviceName = Phrase("enrol.device_name")
  public static let enrolDeviceNameHint = Phrase("enrol.device_name_hint")
  public static let enrolDeviceNameMissing = Phrase("enrol.device_name_missing")
  public static func enrolDone(_ workspace: String) -> Phrase {
    Phrase("enrol.done", .text(workspace))
  }
  public static func enrolFilling(_ n: Int) -> Phrase {
    Phrase("enrol.filling", .number(n))
  }
  public static let enrolGo = Phrase("enrol.go")
  public static let enrolIntro = Phrase("enrol.intro")
  public static let enrolLink = Phrase("enrol.link")
  public static func enrolLinkOk(_ server: String) -> Phrase {
    Phrase("enrol.link_ok", .text(server))
  }
  public static let enrolLinkPlaceholder = Phrase("enrol.link_placeholder")
  public static let enrolOtherWay = Phrase("enrol.other_way")
  public static let enrolPaste = Phrase("enrol.paste")
  public static let enrolScan = Phrase("enrol.scan")
  public static let enrolScanHint = Phrase("enrol.scan_hint")
  public static let enrolScanning = Phrase("enrol.scanning")
  public static let enrolTitle = Phrase("enrol.title")
  public static func errorCode(_ code: String) -> Phrase {
    Phrase("error.code", .text(code))
  }
  public static let errorCorrupt = Phrase("error.corrupt")
  public static let errorDiskFull = Phrase("error.disk_full")
  public static let errorFileEmpty = Phrase("error.file_empty")
  public static let errorFileTooLarge = Phrase("error.file_too_large")
  public static let errorFileUnreadable = Phrase("error.file_unreadable")
  public static let errorInUse = Phrase("error.in_use")
  public static let errorInternal = Phrase("error.internal")
  public static let errorInvalid = Phrase("error.invalid")
  public static func errorInvalidField(_ field: String) -> Phrase {
    Phrase("error.invalid_field", .text(field))
  }
  public static let errorNewerDatabase = Phrase("error.newer_database")
  public static let errorNoApp = Phrase("error.no_app")
  public static let errorNotEnrolled = Phrase("error.not_enrolled")
  public static let errorNotFound = Phrase("error.not_found")
  public static let errorNothingChanged = Phrase("error.nothing_changed")
  public static let errorNothingToUndo = Phrase("error.nothing_to_undo")
  public static let errorReadOnly = Phrase("error.read_only")
  public static let errorRefused = Phrase("error.refused")
  public static let errorSecret = Phrase("error.secret")
  public static let errorTypedKept = Phrase("error.typed_kept")
  public static let errorUnreachable = Phrase("error.unreachable")
  public static let errorWrongKey = Phrase("error.wrong_key")
  public static func formAddEntry(_ what: String) -> Phrase {
    Phrase("form.add_entry", .text(what))
  }
  public static let formAllDay = Phrase("form.all_day")
  public static let formArrivedMeanwhile = Phrase("form.arrived_meanwhile")
  public static let formCity = Phrase("form.city")
  public static let formCommas = Phrase("form.commas")
  public static let formCountry = Phrase("form.country")
  public static func formCreate(_ what: String) -> Phrase {
    Phrase("form.create", .text(what))
  }
  public static let formDiscard = Phrase("form.discard")
  public static let formDiscarded = Phrase("form.discarded")
  public static func formDraftFrom(_ time: String) -> Phrase {
    Phrase("form.draft_from", .text(time))
  }
  public static let formDraftKept = Phrase("form.draft_kept")
  public static func formEdit(_ what: String) -> Phrase {
    Phrase("form.edit", .text(what))
  }
  public static let formEnd = Phrase("form.end")
  public static let formFewerFields = Phrase("form.fewer_fields")
  public static let formMissingHint = Phrase("form.missing_hint")
  public static let formMoreFields = Phrase("form.more_fields")
  public static let formNoChoice = Phrase("form.no_choice")
  public static let formOfficeOnly = Phrase("form.office_only")
  public static func formPickLink(_ what: String) -> Phrase {
    Phrase("form.pick_link", .text(what))
  }
  public static let formPostalCode = Phrase("form.postal_code")
  public static let formReadOnly = Phrase("form.read_only")
  public static let formRegion = Phrase("form.region")
  public static func formRemoveEntry(_ what: String) -> Phrase {
    Phrase("form.remove_entry", .text(what))
  }
  public static let formSearchLink = Phrase("form.search_link")
  public static let formStart = Phrase("form.start")
  public static let formStreet = Phrase("form.street")
  public static let formStreet2 = Phrase("form.street2")
  public static let importCancelled = Phrase("import.cancelled")
  public static func importCreated(_ n: Int) -> Phrase {
    Phrase("import.created", .number(n))
  }
  public static let importDone = Phrase("import.done")
  public static func importDuplicates(_ n: Int) -> Phrase {
    Phrase("import.duplicates", .number(n))
  }
  public static let importNothing = Phrase("import.nothing")
  public static let importPreview = Phrase("import.preview")
  public static func importProblems(_ n: Int) -> Phrase {
    Phrase("import.problems", .number(n))
  }
  public static let importReading = Phrase("import.reading")
  public static func importRow(_ n: Int) -> Phrase {
    Phrase("import.row", .number(n))
  }
  public static let importRun = Phrase("import.run")
  public static let importTitle = Phrase("import.title")
  public static func importUnchanged(_ n: Int) -> Phrase {
    Phrase("import.unchanged", .number(n))
  }
  public static let importUndo = Phrase("import.undo")
  public static let importUndone = Phrase("import.undone")
  public static func importUpdated(_ n: Int) -> Phrase {
    Phrase("import.updated", .number(n))
  }
  public static let linkErrorDamaged = Phrase("link_error.damaged")
  public static let linkErrorNewerVersion = Phrase("link_error.newer_version")
  public static let linkErrorNoAddress = Phrase("link_error.no_address")
  public static let linkErrorNotALink = Phrase("link_error.not_a_link")
  public static let linkErrorTrailing = Phrase("link_error.trailing")
  public static let linkErrorTruncated = Phrase("link_error.truncated")
  public static let linkErrorWrongCharacter = Phrase("link_error.wrong_character")
  public static func listCount(_ n: Int) -> Phrase {
    Phrase("list.count", .number(n))
  }
  public static func listCreate(_ what: String) -> Phrase {
    Phrase("list.create", .text(what))
  }
  public static let listEmptyCompany = Phrase("list.empty_company")
  public static let listEmptyContact = Phrase("list.empty_contact")
  public static let listEmptyHint = Phrase("list.empty_hint")
  public static let listEmptyNote = Phrase("list.empty_note")
  public static let listEmptyOther = Phrase("list.empty_other")
  public static let listEmptyTask = Phrase("list.empty_task")
  public static let listEmptyTrash = Phrase("list.empty_trash")
  public static let listEmptyVisit = Phrase("list.empty_visit")
  public static let listEnd = Phrase("list.end")
  public static let listFresh = Phrase("list.fresh")
  public static func listFreshCount(_ n: Int) -> Phrase {
    Phrase("list.fresh_count", .number(n))
  }
  public static let listMarkSeen = Phrase("list.mark_seen")
  public static let listNothingFound = Phrase("list.nothing_found")
  public static func listSearchIn(_ what: String) -> Phrase {
    Phrase("list.search_in", .text(what))
  }
  public static let listSortChanged = Phrase("list.sort_changed")
  public static let listSortLabel = Phrase("list.sort_label")
  public static let listSortName = Phrase("list.sort_name")
  public static let listTrash = Phrase("list.trash")
  public static let lockCovered = Phrase("lock.covered")
  public static let lockFailed = Phrase("lock.failed")
  public static let lockReason = Phrase("lock.reason")
  public static let lockTitle = Phrase("lock.title")
  public static let lockUnlock = Phrase("lock.unlock")
  public static let navCompanies = Phrase("nav.companies")
  public static let navConflicts = Phrase("nav.conflicts")
  public static let navContacts = Phrase("nav.contacts")
  public static let navLabel = Phrase("nav.label")
  public static let navMore = Phrase("nav.more")
  public static let navNotes = Phrase("nav.notes")
  public static let navPickOne = Phrase("nav.pick_one")
  public static let navSearch = Phrase("nav.search")
  public static let navSettings = Phrase("nav.settings")
  public static let navSync = Phrase("nav.sync")
  public static let navTasks = Phrase("nav.tasks")
  public static let navToday = Phrase("nav.today")
  public static let navVisits = Phrase("nav.visits")
  public static func noteAbout(_ what: String) -> Phrase {
    Phrase("note.about", .text(what))
  }
  public static func noteAlsoWrote(_ who: String) -> Phrase {
    Phrase("note.also_wrote", .text(who))
  }
  public static let noteAlsoWroteSomeone = Phrase("note.also_wrote_someone")
  public static let noteCommentPlaceholder = Phrase("note.comment_placeholder")
  public static let noteCommentSave = Phrase("note.comment_save")
  public static let noteComments = Phrase("note.comments")
  public static let noteEmpty = Phrase("note.empty")
  public static let noteHeading = Phrase("note.heading")
  public static let noteNew = Phrase("note.new")
  public static let noteNoComments = Phrase("note.no_comments")
  public static let notePlaceholder = Phrase("note.placeholder")
  public static let noteSave = Phrase("note.save")
  public static let noteSaved = Phrase("note.saved")
  public static let noteTitle = Phrase("note.title")
  public static let noticeChannelDue = Phrase("notice.channel_due")
  public static let noticeChannelDueAbout = Phrase("notice.channel_due_about")
  public static let noticeChannelSync = Phrase("notice.channel_sync")
  public static let noticeChannelSyncAbout = Phrase("notice.channel_sync_about")
  public static let noticeDoneAction = Phrase("notice.done_action")
  public static let noticeDueHidden = Phrase("notice.due_hidden")
  public static let noticeDueText = Phrase("notice.due_text")
  public static func noticeDueTitle(_ what: String) -> Phrase {
    Phrase("notice.due_title", .text(what))
  }
  public static let noticeSyncTitle = Phrase("notice.sync_title")
  public static let noticeTomorrowAction = Phrase("notice.tomorrow_action")
  public static func noticeVisitText(_ time: String) -> Phrase {
    Phrase("notice.visit_text", .text(time))
  }
  public static func noticeVisitTitle(_ what: String) -> Phrase {
    Phrase("notice.visit_title", .text(what))
  }
  public static let permissionBiometrics = Phrase("permission.biometrics")
  public static let permissionCalendar = Phrase("permission.calendar")
  public static let permissionCamera = Phrase("permission.camera")
  public static let permissionCameraDenied = Phrase("permission.camera_denied")
  public static let permissionLocalNetwork = Phrase("permission.local_network")
  public static let permissionLocation = Phrase("permission.location")
  public static let permissionMicrophone = Phrase("permission.microphone")
  public static let permissionNotifications = Phrase("permission.notifications")
  public static let permissionOpenSettings = Phrase("permission.open_settings")
  public static let permissionPhotos = Phrase("permission.photos")
  public static func recordArrived(_ time: String) -> Phrase {
    Phrase("record.arrived", .text(time))
  }
  public static let recordCalendar = Phrase("record.calendar")
  public static let recordCall = Phrase("record.call")
  public static func recordCallNumber(_ number: String) -> Phrase {
    Phrase("record.call_number", .text(number))
  }
  public static func recordCallWho(_ who: String) -> Phrase {
    Phrase("record.call_who", .text(who))
  }
  public static func recordChanged(_ time: String) -> Phrase {
    Phrase("record.changed", .text(time))
  }
  public static func recordChangedBy(time: String, who: String) -> Phrase {
    Phrase("record.changed_by", .text(time), .text(who))
  }
  public static func recordCreatedBy(time: String, who: String) -> Phrase {
    Phrase("record.created_by", .text(time), .text(who))
  }
  public static let recordEarlier = Phrase("record.earlier")
  public static let recordEmptied = Phrase("record.emptied")
  public static let recordFacts = Phrase("record.facts")
  public static let recordHideEmpty = Phrase("record.hide_empty")
  public static let recordInTrash = Phrase("record.in_trash")
  public static let recordLookAtVersions = Phrase("record.look_at_versions")
  public static let recordMail = Phrase("record.mail")
  public static func recordMailTo(_ address: String) -> Phrase {
    Phrase("record.mail_to", .text(address))
  }
  public static let recordMap = Phrase("record.map")
  public static func recordMapOf(_ place: String) -> Phrase {
    Phrase("record.map_of", .text(place))
  }
  public static let recordMessage = Phrase("record.message")
  public static func recordMessageTo(_ number: String) -> Phrase {
    Phrase("record.message_to", .text(number))
  }
  public static let recordNewNote = Phrase("record.new_note")
  public static let recordNewTask = Phrase("record.new_task")
  public static let recordNewVisit = Phrase("record.new_visit")
  public static let recordNoEarlier = Phrase("record.no_earlier")
  public static let recordNoTimeline = Phrase("record.no_timeline")
  public static let recordNotFound = Phrase("record.not_found")
  public static let recordNotFoundHint = Phrase("record.not_found_hint")
  public static let recordProblemIllTyped = Phrase("record.problem_ill_typed")
  public static let recordProblemMissing = Phrase("record.problem_missing")
  public static let recordProblemTooLong = Phrase("record.problem_too_long")
  public static let recordRestore = Phrase("record.restore")
  public static func recordRestored(_ what: String) -> Phrase {
    Phrase("record.restored", .text(what))
  }
  public static let recordShareCard = Phrase("record.share_card")
  public static let recordShowEmpty = Phrase("record.show_empty")
  public static let recordSomeone = Phrase("record.someone")
  public static let recordTimeline = Phrase("record.timeline")
  public static let recordToTrash = Phrase("record.to_trash")
  public static func recordTrashed(_ what: String) -> Phrase {
    Phrase("record.trashed", .text(what))
  }
  public static let recordTwoVersions = Phrase("record.two_versions")
  public static func recordTyped(_ time: String) -> Phrase {
    Phrase("record.typed", .text(time))
  }
  public static func recordWas(_ value: String) -> Phrase {
    Phrase("record.was", .text(value))
  }
  public static func recordWebOf(_ address: String) -> Phrase {
    Phrase("record.web_of", .text(address))
  }
  public static func recordWhoChanged(_ field: String) -> Phrase {
    Phrase("record.who_changed", .text(field))
  }
  public static let refusedExists = Phrase("refused.exists")
  public static let refusedExpired = Phrase("refused.expired")
  public static let refusedOther = Phrase("refused.other")
  public static let refusedTooManyDevices = Phrase("refused.too_many_devices")
  public static let refusedTooManyTries = Phrase("refused.too_many_tries")
  public static let refusedTryLater = Phrase("refused.try_later")
  public static let refusedUnknown = Phrase("refused.unknown")
  public static let refusedUpdate = Phrase("refused.update")
  public static let refusedUsed = Phrase("refused.used")
  public static let refusedWithdrawn = Phrase("refused.withdrawn")
  public static func sayClearOf(_ field: String) -> Phrase {
    Phrase("say.clear_of", .text(field))
  }
  public static let sayCollapse = Phrase("say.collapse")
  public static func sayConflictBadge(_ n: Int) -> Phrase {
    Phrase("say.conflict_badge", .number(n))
  }
  public static func sayDateOf(_ field: String) -> Phrase {
    Phrase("say.date_of", .text(field))
  }
  public static let sayExpand = Phrase("say.expand")
  public static let sayFreshBadge = Phrase("say.fresh_badge")
  public static let sayRequiredNone = Phrase("say.required_none")
  public static func sayRowActions(_ what: String) -> Phrase {
    Phrase("say.row_actions", .text(what))
  }
  public static let saySelected = Phrase("say.selected")
  public static func sayStep(n: Int, m: Int) -> Phrase {
    Phrase("say.step", .number(n), .number(m))
  }
  public static let searchAllKinds = Phrase("search.all_kinds")
  public static let searchHint = Phrase("search.hint")
  public static let searchNothing = Phrase("search.nothing")
  public static let searchNothingHint = Phrase("search.nothing_hint")
  public static let searchPrompt = Phrase("search.prompt")
  public static func searchResults(_ n: Int) -> Phrase {
    Phrase("search.results", .number(n))
  }
  public static let searchTitle = Phrase("search.title")
  public static let searchTooSlow = Phrase("search.too_slow")
  public static let settingsDevice = Phrase("settings.device")
  public static let settingsDeviceId = Phrase("settings.device_id")
  public static let settingsDiagnostics = Phrase("settings.diagnostics")
  public static let settingsDiagnosticsHint = Phrase("settings.diagnostics_hint")
  public static let settingsDiagnosticsMake = Phrase("settings.diagnostics_make")
  public static let settingsDiagnosticsShare = Phrase("settings.diagnostics_share")
  public static let settingsEnglish = Phrase("settings.english")
  public static let settingsGerman = Phrase("settings.german")
  public static let settingsLanguage = Phrase("settings.language")
  public static let settingsLanguageSystem = Phrase("settings.language_system")
  public static let settingsLanguageWhere = Phrase("settings.language_where")
  public static let settingsLock = Phrase("settings.lock")
  public static let settingsLockHint = Phrase("settings.lock_hint")
  public static let settingsLockUnavailable = Phrase("settings.lock_unavailable")
  public static let settingsOpenSystem = Phrase("settings.open_system")
  public static let settingsPhotoPlace = Phrase("settings.photo_place")
  public static let settingsPhotoPlaceHint = Phrase("settings.photo_place_hint")
  public static let settingsReminders = Phrase("settings.reminders")
  public static let settingsRemindersHint = Phrase("settings.reminders_hint")
  public static let settingsServer = Phrase("settings.server")
  public static let settingsTitle = Phrase("settings.title")
  public static func settingsVersion(_ version: String) -> Phrase {
    Phrase("settings.version", .text(version))
  }
  public static let settingsWorkspace = Phrase("settings.workspace")
  public static let syncAirplane = Phrase("sync.airplane")
  public static let syncAirplaneHint = Phrase("sync.airplane_hint")
  public static let syncAirplaneSwitch = Phrase("sync.airplane_switch")
  public static let syncAllSent = Phrase("sync.all_sent")
  public static let syncBusy = Phrase("sync.busy")
  public static func syncClockOff(_ n: Int) -> Phrase {
    Phrase("sync.clock_off", .number(n))
  }
  public static let syncConnected = Phrase("sync.connected")
  public static func syncFilling(_ n: Int) -> Phrase {
    Phrase("sync.filling", .number(n))
  }
  public static func syncFillingSize(_ size: String) -> Phrase {
    Phrase("sync.filling_size", .text(size))
  }
  public static let syncIconOk = Phrase("sync.icon_ok")
  public static let syncIconTrouble = Phrase("sync.icon_trouble")
  public static func syncIconWaiting(_ n: Int) -> Phrase {
    Phrase("sync.icon_waiting", .number(n))
  }
  public static func syncLastContact(_ time: String) -> Phrase {
    Phrase("sync.last_contact", .text(time))
  }
  public static let syncNever = Phrase("sync.never")
  public static func syncNextTry(_ time: String) -> Phrase {
    Phrase("sync.next_try", .text(time))
  }
  public static let syncNow = Phrase("sync.now")
  public static let syncOffline = Phrase("sync.offline")
  public static func syncOfflineSince(_ time: String) -> Phrase {
    Phrase("sync.offline_since", .text(time))
  }
  public static func syncOldest(_ time: String) -> Phrase {
    Phrase("sync.oldest", .text(time))
  }
  public static let syncQuic = Phrase("sync.quic")
  public static let syncSafeHere = Phrase("sync.safe_here")
  public static func syncSent(n: Int, m: Int) -> Phrase {
    Phrase("sync.sent", .number(n), .number(m))
  }
  public static let syncServer = Phrase("sync.server")
  public static let syncTitle = Phrase("sync.title")
  public static let syncUpToDate = Phrase("sync.up_to_date")
  public static func syncWaiting(_ n: Int) -> Phrase {
    Phrase("sync.waiting", .number(n))
  }
  public static func syncWaitingShort(_ n: Int) -> Phrase {
    Phrase("sync.waiting_short", .number(n))
  }
  public static let syncWay = Phrase("sync.way")
  public static let syncWebsocket = Phrase("sync.websocket")
  public static let taskDone = Phrase("task.done")
  public static func taskDue(_ time: String) -> Phrase {
    Phrase("task.due", .text(time))
  }
  public static let taskEmpty = Phrase("task.empty")
  public static let taskEmptyDone = Phrase("task.empty_done")
  public static let taskMarkDone = Phrase("task.mark_done")
  public static func taskMarkDoneWhat(_ what: String) -> Phrase {
    Phrase("task.mark_done_what", .text(what))
  }
  public static let taskNew = Phrase("task.new")
  public static let taskNoDue = Phrase("task.no_due")
  public static let taskOpen = Phrase("task.open")
  public static let taskOverdue = Phrase("task.overdue")
  public static let taskPickDay = Phrase("task.pick_day")
  public static let taskReopen = Phrase("task.reopen")
  public static let taskSubject = Phrase("task.subject")
  public static let taskSubjectPlaceholder = Phrase("task.subject_placeholder")
  public static let taskTitle = Phrase("task.title")
  public static let taskWhen = Phrase("task.when")
  public static func timeDays(_ n: Int) -> Phrase {
    Phrase("time.days", .number(n))
  }
  public static func timeDaysOverdue(_ n: Int) -> Phrase {
    Phrase("time.days_overdue", .number(n))
  }
  public static func timeHours(_ n: Int) -> Phrase {
    Phrase("time.hours", .number(n))
  }
  public static func timeHoursAgo(_ n: Int) -> Phrase {
    Phrase("time.hours_ago", .number(n))
  }
  public static func timeMinutes(_ n: Int) -> Phrase {
    Phrase("time.minutes", .number(n))
  }
  public static func timeMinutesAgo(_ n: Int) -> Phrase {
    Phrase("time.minutes_ago", .number(n))
  }
  public static let timeNow = Phrase("time.now")
  public static let timeToday = Phrase("time.today")
  public static let timeTomorrow = Phrase("time.tomorrow")
  public static let timeYesterday = Phrase("time.yesterday")
  public static let todayContinueVisit = Phrase("today.continue_visit")
  public static let todayDraftOpen = Phrase("today.draft_open")
  public static let todayDrafts = Phrase("today.drafts")
  public static let todayDue = Phrase("today.due")
  public static let todayMarkDone = Phrase("today.mark_done")
  public static func todayMoved(what: String, time: String) -> Phrase {
    Phrase("today.moved", .text(what), .text(time))
  }
  public static let todayNewTask = Phrase("today.new_task")
  public static let todayNothing = Phrase("today.nothing")
  public static let todayNothingHint = Phrase("today.nothing_hint")
  public static let todayOverdue = Phrase("today.overdue")
  public static let todayPlanVisit = Phrase("today.plan_visit")
  public static let todayStartVisit = Phrase("today.start_visit")
  public static func todayTicked(_ what: String) -> Phrase {
    Phrase("today.ticked", .text(what))
  }
  public static let todayTitle = Phrase("today.title")
  public static let todayTomorrow = Phrase("today.tomorrow")
  public static let todayVisits = Phrase("today.visits")
  public static let todayWeek = Phrase("today.week")
  public static let transferAtOffice = Phrase("transfer.at_office")
  public static func transferAtOfficeSince(_ time: String) -> Phrase {
    Phrase("transfer.at_office_since", .text(time))
  }
  public static func transferVersions(_ n: Int) -> Phrase {
    Phrase("transfer.versions", .number(n))
  }
  public static let transferWaiting = Phrase("transfer.waiting")
  public static let troubleBusy = Phrase("trouble.busy")
  public static let troubleCloned = Phrase("trouble.cloned")
  public static let troubleCopied = Phrase("trouble.copied")
  public static let troubleDrain = Phrase("trouble.drain")
  public static let troubleInternal = Phrase("trouble.internal")
  public static let troubleNewerServer = Phrase("trouble.newer_server")
  public static let troubleNotEnrolled = Phrase("trouble.not_enrolled")
  public static let troubleRevoked = Phrase("trouble.revoked")
  public static let troubleStorage = Phrase("trouble.storage")
  public static let troubleUdpBlocked = Phrase("trouble.udp_blocked")
  public static let troubleUnreachable = Phrase("trouble.unreachable")
  public static let troubleWipe = Phrase("trouble.wipe")
  public static let troubleWrongServer = Phrase("trouble.wrong_server")
  public static let valueChoice = Phrase("value.choice")
  public static let valueDate = Phrase("value.date")
  public static let valueDuration = Phrase("value.duration")
  public static let valueEmail = Phrase("value.email")
  public static let valueGeo = Phrase("value.geo")
  public static let valueInteger = Phrase("value.integer")
  public static let valueKept = Phrase("value.kept")
  public static let valueMoney = Phrase("value.money")
  public static let valueNumber = Phrase("value.number")
  public static let valueOther = Phrase("value.other")
  public static let valuePeriod = Phrase("value.period")
  public static let valueRule = Phrase("value.rule")
  public static let valueTooLong = Phrase("value.too_long")
  public static let valueUrl = Phrase("value.url")
  public static let visitCancelVisit = Phrase("visit.cancel_visit")
  public static let visitCancelled = Phrase("visit.cancelled")
  public static let visitCheckInPlace = Phrase("visit.check_in_place")
  public static let visitEnd = Phrase("visit.end")
  public static let visitEndDone = Phrase("visit.end_done")
  public static func visitEnded(_ time: String) -> Phrase {
    Phrase("visit.ended", .text(time))
  }
  public static func visitLasted(_ n: Int) -> Phrase {
    Phrase("visit.lasted", .number(n))
  }
  public static let visitNew = Phrase("visit.new")
  public static let visitNextMonth = Phrase("visit.next_month")
  public static let visitNextStep = Phrase("visit.next_step")
  public static let visitNextStepPlaceholder = Phrase("visit.next_step_placeholder")
  public static let visitNextStepWhen = Phrase("visit.next_step_when")
  public static let visitNextWeek = Phrase("visit.next_week")
  public static let visitNoNextStep = Phrase("visit.no_next_step")
  public static let visitNotPlanned = Phrase("visit.not_planned")
  public static let visitOutcome = Phrase("visit.outcome")
  public static let visitOutcomeHint = Phrase("visit.outcome_hint")
  public static let visitPhoto = Phrase("visit.photo")
  public static let visitPhotoAdd = Phrase("visit.photo_add")
  public static let visitPhotoAnnotate = Phrase("visit.photo_annotate")
  public static let visitPhotoNotOne = Phrase("visit.photo_not_one")
  public static let visitPhotoPick = Phrase("visit.photo_pick")
  public static func visitPlanned(_ time: String) -> Phrase {
    Phrase("visit.planned", .text(time))
  }
  public static let visitReopen = Phrase("visit.reopen")
  public static let visitReport = Phrase("visit.report")
  public static let visitReportPlaceholder = Phrase("visit.report_placeholder")
  public static func visitRunning(_ time: String) -> Phrase {
    Phrase("visit.running", .text(time))
  }
  public static let visitSavedWhileTyping = Phrase("visit.saved_while_typing")
  public static let visitSignature = Phrase("visit.signature")
  public static let visitSignatureAdd = Phrase("visit.signature_add")
  public static let visitSignatureArea = Phrase("visit.signature_area")
  public static let visitSignatureClear = Phrase("visit.signature_clear")
  public static let visitStart = Phrase("visit.start")
  public static func visitStarted(_ time: String) -> Phrase {
    Phrase("visit.started", .text(time))
  }
  public static let visitSteps = Phrase("visit.steps")
  public static let visitTitle = Phrase("visit.title")
}
