// Generated from mobile-bindings/words.toml by `cargo xtask words`. Do not edit.

package org.farley.model

/** Every text of the app; `wordsOf` gives those of a language. */
interface Words {
    val appName: String
    val callCallBack: String
    val callLog: String
    val callNotNow: String
    val callNotReached: String

    fun callNoteTitle(result: String): String

    fun callOffer(who: String): String

    val callOfferHint: String
    val callReached: String
    val callSaved: String
    val callWords: String
    val commonAdd: String
    val commonBack: String
    val commonCancel: String
    val commonClear: String
    val commonClose: String
    val commonCopied: String
    val commonCopy: String
    val commonDone: String
    val commonEdit: String
    val commonLoading: String
    val commonMoreActions: String

    fun commonNOfM(
        n: Long,
        m: Long,
    ): String

    val commonNext: String
    val commonNo: String
    val commonNone: String
    val commonNotHere: String
    val commonOpen: String
    val commonReload: String
    val commonRemove: String
    val commonRetry: String
    val commonSave: String
    val commonSaved: String
    val commonSaving: String
    val commonShare: String
    val commonShowMore: String
    val commonUndo: String
    val commonUndone: String
    val commonUnknown: String
    val commonUntitled: String
    val commonYes: String

    fun conflictBy(
        who: String,
        time: String,
    ): String

    fun conflictCount(n: Long): String

    val conflictEmpty: String
    val conflictEmptyValue: String
    val conflictOpenRecord: String
    val conflictRemoved: String
    val conflictRule: String
    val conflictSettled: String
    val conflictSettledElsewhere: String
    val conflictShown: String
    val conflictTake: String

    fun conflictTakeValue(value: String): String

    val conflictTitle: String
    val enrolBusy: String
    val enrolCancelled: String
    val enrolDeviceName: String
    val enrolDeviceNameHint: String
    val enrolDeviceNameMissing: String

    fun enrolDone(workspace: String): String

    fun enrolFilling(n: Long): String

    val enrolGo: String
    val enrolIntro: String
    val enrolLink: String

    fun enrolLinkOk(server: String): String

    val enrolLinkPlaceholder: String
    val enrolOtherWay: String
    val enrolPaste: String
    val enrolScan: String
    val enrolScanHint: String
    val enrolScanning: String
    val enrolTitle: String

    fun errorCode(code: String): String

    val errorCorrupt: String
    val errorDiskFull: String
    val errorFileEmpty: String
    val errorFileTooLarge: String
    val errorFileUnreadable: String
    val errorInUse: String
    val errorInternal: String
    val errorInvalid: String

    fun errorInvalidField(field: String): String

    val errorNewerDatabase: String
    val errorNoApp: String
    val errorNotEnrolled: String
    val errorNotFound: String
    val errorNothingChanged: String
    val errorNothingToUndo: String
    val errorReadOnly: String
    val errorRefused: String
    val errorSecret: String
    val errorTypedKept: String
    val errorUnreachable: String
    val errorWrongKey: String

    fun formAddEntry(what: String): String

    val formAllDay: String
    val formArrivedMeanwhile: String
    val formCity: String
    val formCommas: String
    val formCountry: String

    fun formCreate(what: String): String

    val formDiscard: String
    val formDiscarded: String

    fun formDraftFrom(time: String): String

    val formDraftKept: String

    fun formEdit(what: String): String

    val formEnd: String
    val formFewerFields: String
    val formMissingHint: String
    val formMoreFields: String
    val formNoChoice: String
    val formOfficeOnly: String

    fun formPickLink(what: String): String

    val formPostalCode: String
    val formReadOnly: String
    val formRegion: String

    fun formRemoveEntry(what: String): String

    val formSearchLink: String
    val formStart: String
    val formStreet: String
    val formStreet2: String
    val importCancelled: String

    fun importCreated(n: Long): String

    val importDone: String

    fun importDuplicates(n: Long): String

    val importNothing: String
    val importPreview: String

    fun importProblems(n: Long): String

    val importReading: String

    fun importRow(n: Long): String

    val importRun: String
    val importTitle: String

    fun importUnchanged(n: Long): String

    val importUndo: String
    val importUndone: String

    fun importUpdated(n: Long): String

    val linkErrorDamaged: String
    val linkErrorNewerVersion: String
    val linkErrorNoAddress: String
    val linkErrorNotALink: String
    val linkErrorTrailing: String
    val linkErrorTruncated: String
    val linkErrorWrongCharacter: String

    fun listCount(n: Long): String

    fun listCreate(what: String): String

    val listEmptyCompany: String
    val listEmptyContact: String
    val listEmptyHint: String
    val listEmptyNote: String
    val listEmptyOther: String
    val listEmptyTask: String
    val listEmptyTrash: String
    val listEmptyVisit: String
    val listEnd: String
    val listFresh: String

    fun listFreshCount(n: Long): String

    val listMarkSeen: String
    val listNothingFound: String

    fun listSearchIn(what: String): String

    val listSortChanged: String
    val listSortLabel: String
    val listSortName: String
    val listTrash: String
    val lockCovered: String
    val lockFailed: String
    val lockReason: String
    val lockTitle: String
    val lockUnlock: String
    val navCompanies: String
    val navConflicts: String
    val navContacts: String
    val navLabel: String
    val navMore: String
    val navNotes: String
    val navPickOne: String
    val navSearch: String
    val navSettings: String
    val navSync: String
    val navTasks: String
    val navToday: String
    val navVisits: String

    fun noteAbout(what: String): String

    fun noteAlsoWrote(who: String): String

    val noteAlsoWroteSomeone: String
    val noteCommentPlaceholder: String
    val noteCommentSave: String
    val noteComments: String
    val noteEmpty: String
    val noteHeading: String
    val noteNew: String
    val noteNoComments: String
    val notePlaceholder: String
    val noteSave: String
    val noteSaved: String
    val noteTitle: String
    val noticeChannelDue: String
    val noticeChannelDueAbout: String
    val noticeChannelSync: String
    val noticeChannelSyncAbout: String
    val noticeDoneAction: String
    val noticeDueHidden: String
    val noticeDueText: String

    fun noticeDueTitle(what: String): String

    val noticeSyncTitle: String
    val noticeTomorrowAction: String

    fun noticeVisitText(time: String): String

    fun noticeVisitTitle(what: String): String

    val permissionBiometrics: String
    val permissionCalendar: String
    val permissionCamera: String
    val permissionCameraDenied: String
    val permissionLocalNetwork: String
    val permissionLocation: String
    val permissionMicrophone: String
    val permissionNotifications: String
    val permissionOpenSettings: String
    val permissionPhotos: String

    fun recordArrived(time: String): String

    val recordCalendar: String
    val recordCall: String

    fun recordCallNumber(number: String): String

    fun recordCallWho(who: String): String

    fun recordChanged(time: String): String

    fun recordChangedBy(
        time: String,
        who: String,
    ): String

    fun recordCreatedBy(
        time: String,
        who: String,
    ): String

    val recordEarlier: String
    val recordEmptied: String
    val recordFacts: String
    val recordHideEmpty: String
    val recordInTrash: String
    val recordLookAtVersions: String
    val recordMail: String

    fun recordMailTo(address: String): String

    val recordMap: String

    fun recordMapOf(place: String): String

    val recordMessage: String

    fun recordMessageTo(number: String): String

    val recordNewNote: String
    val recordNewTask: String
    val recordNewVisit: String
    val recordNoEarlier: String
    val recordNoTimeline: String
    val recordNotFound: String
    val recordNotFoundHint: String
    val recordProblemIllTyped: String
    val recordProblemMissing: String
    val recordProblemTooLong: String
    val recordRestore: String

    fun recordRestored(what: String): String

    val recordShareCard: String
    val recordShowEmpty: String
    val recordSomeone: String
    val recordTimeline: String
    val recordToTrash: String

    fun recordTrashed(what: String): String

    val recordTwoVersions: String

    fun recordTyped(time: String): String

    fun recordWas(value: String): String

    fun recordWebOf(address: String): String

    fun recordWhoChanged(field: String): String

    val refusedExists: String
    val refusedExpired: String
    val refusedOther: String
    val refusedTooManyDevices: String
    val refusedTooManyTries: String
    val refusedTryLater: String
    val refusedUnknown: String
    val refusedUpdate: String
    val refusedUsed: String
    val refusedWithdrawn: String

    fun sayClearOf(field: String): String

    val sayCollapse: String

    fun sayConflictBadge(n: Long): String

    fun sayDateOf(field: String): String

    val sayExpand: String
    val sayFreshBadge: String
    val sayRequiredNone: String

    fun sayRowActions(what: String): String

    val saySelected: String

    fun sayStep(
        n: Long,
        m: Long,
    ): String

    val searchAllKinds: String
    val searchHint: String
    val searchNothing: String
    val searchNothingHint: String
    val searchPrompt: String

    fun searchResults(n: Long): String

    val searchTitle: String
    val searchTooSlow: String
    val settingsDevice: String
    val settingsDeviceId: String
    val settingsDiagnostics: String
    val settingsDiagnosticsHint: String
    val settingsDiagnosticsMake: String
    val settingsDiagnosticsShare: String
    val settingsEnglish: String
    val settingsGerman: String
    val settingsLanguage: String
    val settingsLanguageSystem: String
    val settingsLanguageWhere: String
    val settingsLock: String
    val settingsLockHint: String
    val settingsLockUnavailable: String
    val settingsOpenSystem: String
    val settingsPhotoPlace: String
    val settingsPhotoPlaceHint: String
    val settingsReminders: String
    val settingsRemindersHint: String
    val settingsServer: String
    val settingsTitle: String

    fun settingsVersion(version: String): String

    val settingsWorkspace: String
    val syncAirplane: String
    val syncAirplaneHint: String
    val syncAirplaneSwitch: String
    val syncAllSent: String
    val syncBusy: String

    fun syncClockOff(n: Long): String

    val syncConnected: String

    fun syncFilling(n: Long): String

    fun syncFillingSize(size: String): String

    val syncIconOk: String
    val syncIconTrouble: String

    fun syncIconWaiting(n: Long): String

    fun syncLastContact(time: String): String

    val syncNever: String

    fun syncNextTry(time: String): String

    val syncNow: String
    val syncOffline: String

    fun syncOfflineSince(time: String): String

    fun syncOldest(time: String): String

    val syncQuic: String
    val syncSafeHere: String

    fun syncSent(
        n: Long,
        m: Long,
    ): String

    val syncServer: String
    val syncTitle: String
    val syncUpToDate: String

    fun syncWaiting(n: Long): String

    fun syncWaitingShort(n: Long): String

    val syncWay: String
    val syncWebsocket: String
    val taskDone: String

    fun taskDue(time: String): String

    val taskEmpty: String
    val taskEmptyDone: String
    val taskMarkDone: String

    fun taskMarkDoneWhat(what: String): String

    val taskNew: String
    val taskNoDue: String
    val taskOpen: String
    val taskOverdue: String
    val taskPickDay: String
    val taskReopen: String
    val taskSubject: String
    val taskSubjectPlaceholder: String
    val taskTitle: String
    val taskWhen: String

    fun timeDays(n: Long): String

    fun timeDaysOverdue(n: Long): String

    fun timeHours(n: Long): String

    fun timeHoursAgo(n: Long): String

    fun timeMinutes(n: Long): String

    fun timeMinutesAgo(n: Long): String

    val timeNow: String
    val timeToday: String
    val timeTomorrow: String
    val timeYesterday: String
    val todayContinueVisit: String
    val todayDraftOpen: String
    val todayDrafts: String
    val todayDue: String
    val todayMarkDone: String

    fun todayMoved(
        what: String,
        time: String,
    ): String

    val todayNewTask: String
    val todayNothing: String
    val todayNothingHint: String
    val todayOverdue: String
    val todayPlanVisit: String
    val todayStartVisit: String

    fun todayTicked(what: String): String

    val todayTitle: String
    val todayTomorrow: String
    val todayVisits: String
    val todayWeek: String
    val transferAtOffice: String

    fun transferAtOfficeSince(time: String): String

    fun transferVersions(n: Long): String

    val transferWaiting: String
    val troubleBusy: String
    val troubleCloned: String
    val troubleCopied: String
    val troubleDrain: String
    val troubleInternal: String
    val troubleNewerServer: String
    val troubleNotEnrolled: String
    val troubleRevoked: String
    val troubleStorage: String
    val troubleUdpBlocked: String
    val troubleUnreachable: String
    val troubleWipe: String
    val troubleWrongServer: String
    val valueChoice: String
    val valueDate: String
    val valueDuration: String
    val valueEmail: String
    val valueGeo: String
    val valueInteger: String
    val valueKept: String
    val valueMoney: String
    val valueNumber: String
    val valueOther: String
    val valuePeriod: String
    val valueRule: String
    val valueTooLong: String
    val valueUrl: String
    val visitCancelVisit: String
    val visitCancelled: String
    val visitCheckInPlace: String
    val visitEnd: String
    val visitEndDone: String

    fun visitEnded(time: String): String

    fun visitLasted(n: Long): String

    val visitNew: String
    val visitNextMonth: String
    val visitNextStep: String
    val visitNextStepPlaceholder: String
    val visitNextStepWhen: String
    val visitNextWeek: String
    val visitNoNextStep: String
    val visitNotPlanned: String
    val visitOutcome: String
    val visitOutcomeHint: String
    val visitPhoto: String
    val visitPhotoAdd: String
    val visitPhotoAnnotate: String
    val visitPhotoNotOne: String
    val visitPhotoPick: String

    fun visitPlanned(time: String): String

    val visitReopen: String
    val visitReport: String
    val visitReportPlaceholder: String

    fun visitRunning(time: String): String

    val visitSavedWhileTyping: String
    val visitSignature: String
    val visitSignatureAdd: String
    val visitSignatureArea: String
    val visitSignatureClear: String
    val visitStart: String

    fun visitStarted(time: String): String

    val visitSteps: String
    val visitTitle: String
}

/** German for `de`, `de-CH` and so on, else English. */
fun wordsOf(language: String): Words = if (language.startsWith("de")) WordsDe else WordsEn
