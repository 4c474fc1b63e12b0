// Generated from mobile-bindings/words.toml by `cargo xtask words`. Do not edit.

package org.farley.model

import java.text.NumberFormat
import java.util.Locale

internal object WordsDe : Words {
    override val appName: String = "Farley"
    override val callCallBack: String = "Ruft zurück"
    override val callLog: String = "Anruf festhalten"
    override val callNotNow: String = "Nicht jetzt"
    override val callNotReached: String = "Nicht erreicht"

    override fun callNoteTitle(result: String): String = "Anruf: $result"

    override fun callOffer(who: String): String = "Anruf mit $who festhalten?"

    override val callOfferHint: String = "Drei Tipps bis zur Notiz."
    override val callReached: String = "Erreicht"
    override val callSaved: String = "Anruf festgehalten."
    override val callWords: String = "Worum ging es?"
    override val commonAdd: String = "Hinzufügen"
    override val commonBack: String = "Zurück"
    override val commonCancel: String = "Abbrechen"
    override val commonClear: String = "Leeren"
    override val commonClose: String = "Schließen"
    override val commonCopied: String = "Kopiert."
    override val commonCopy: String = "Kopieren"
    override val commonDone: String = "Fertig"
    override val commonEdit: String = "Bearbeiten"
    override val commonLoading: String = "Wird geladen …"
    override val commonMoreActions: String = "Weitere Aktionen"

    override fun commonNOfM(
        n: Long,
        m: Long,
    ): String = "${grouped(n)} von ${grouped(m)}"

    override val commonNext: String = "Weiter"
    override val commonNo: String = "Nein"
    override val commonNone: String = "keine Angabe"
    override val commonNotHere: String = "nicht auf diesem Gerät"
    override val commonOpen: String = "Öffnen"
    override val commonReload: String = "Neu laden"
    override val commonRemove: String = "Entfernen"
    override val commonRetry: String = "Noch einmal versuchen"
    override val commonSave: String = "Speichern"
    override val commonSaved: String = "Auf diesem Gerät gespeichert."
    override val commonSaving: String = "Wird gespeichert …"
    override val commonShare: String = "Teilen"
    override val commonShowMore: String = "Mehr zeigen"
    override val commonUndo: String = "Rückgängig"
    override val commonUndone: String = "Zurückgenommen."
    override val commonUnknown: String = "unbekannt"
    override val commonUntitled: String = "Ohne Namen"
    override val commonYes: String = "Ja"

    override fun conflictBy(
        who: String,
        time: String,
    ): String = "$who, getippt $time"

    override fun conflictCount(n: Long): String =
        if (n == 1L) "${grouped(n)} Feld mit 2 Fassungen" else "${grouped(n)} Felder mit 2 Fassungen"

    override val conflictEmpty: String = "Nichts zu klären: Alle Eingaben passen zusammen."
    override val conflictEmptyValue: String = "leer"
    override val conflictOpenRecord: String = "Eintrag öffnen"
    override val conflictRemoved: String = "entfernt"
    override val conflictRule: String =
        "Beide wurden eingetragen, ohne voneinander zu wissen. Bis Sie wählen, zeigen alle Geräte dieselbe Fassung."
    override val conflictSettled: String = "Wahl gespeichert."
    override val conflictSettledElsewhere: String = "Das ist anderswo geklärt worden."
    override val conflictShown: String = "wird gezeigt"
    override val conflictTake: String = "Diese nehmen"

    override fun conflictTakeValue(value: String): String = "Diese nehmen: $value"

    override val conflictTitle: String = "Fassungen klären"
    override val enrolBusy: String = "Verbindung wird aufgebaut …"
    override val enrolCancelled: String = "Abgebrochen. Der Link bleibt hier stehen."
    override val enrolDeviceName: String = "Name dieses Geräts"
    override val enrolDeviceNameHint: String = "So nennt das Büro dieses Gerät, zum Beispiel „Tablet Werkstatt“."
    override val enrolDeviceNameMissing: String = "Bitte geben Sie dem Gerät einen Namen."

    override fun enrolDone(workspace: String): String = "Verbunden mit $workspace."

    override fun enrolFilling(n: Long): String =
        if (n == 1L) {
            "${grouped(n)} Eintrag kommt noch. Sie können schon arbeiten."
        } else {
            "${grouped(n)} Einträge kommen noch. Sie können schon arbeiten."
        }

    override val enrolGo: String = "Verbinden"
    override val enrolIntro: String =
        "Ihr Büro zeigt Ihnen einen Code. Damit verbinden Sie dieses Gerät einmal; danach arbeiten Sie auch ohne Netz."
    override val enrolLink: String = "Link aus dem Büro"

    override fun enrolLinkOk(server: String): String = "Der Link ist gut. Server: $server"

    override val enrolLinkPlaceholder: String = "farley://enrol#…"
    override val enrolOtherWay: String = "Kein Code? Das Büro kann Ihnen den Link auch schicken."
    override val enrolPaste: String = "Link einfügen"
    override val enrolScan: String = "Code scannen"
    override val enrolScanHint: String = "Halten Sie das Gerät über den Code auf dem Bildschirm im Büro."
    override val enrolScanning: String = "Kamera ist an. Code ins Bild halten."
    override val enrolTitle: String = "Gerät verbinden"

    override fun errorCode(code: String): String = "Kennung $code"

    override val errorCorrupt: String =
        "Die Daten auf diesem Gerät sind beschädigt. Was lesbar war, ist gesichert. Bitte fragen Sie im Büro nach."
    override val errorDiskFull: String =
        "Der Speicher ist voll. Ihre Eingabe steht noch hier. Bitte machen Sie Platz und speichern Sie noch einmal."
    override val errorFileEmpty: String = "Diese Datei ist leer."
    override val errorFileTooLarge: String = "Diese Datei ist zu groß."
    override val errorFileUnreadable: String = "Diese Datei lässt sich nicht lesen."
    override val errorInUse: String = "Farley ist schon offen. Bitte schließen Sie das andere Fenster."
    override val errorInternal: String = "Das ging nicht. Nichts ist verloren. Bitte versuchen Sie es noch einmal."
    override val errorInvalid: String = "Der Wert passt nicht zu diesem Feld. Ihre Eingabe steht weiter da."

    override fun errorInvalidField(field: String): String = "$field: Der Wert passt nicht zu diesem Feld."

    override val errorNewerDatabase: String = "Diese Daten stammen von einer neueren App. Bitte aktualisieren Sie Farley."
    override val errorNoApp: String = "Auf diesem Gerät gibt es keine App dafür."
    override val errorNotEnrolled: String = "Dieses Gerät ist noch nicht verbunden."
    override val errorNotFound: String = "Dieser Eintrag ist nicht (mehr) auf diesem Gerät."
    override val errorNothingChanged: String = "Es wurde nichts geändert."
    override val errorNothingToUndo: String = "Es gibt nichts zurückzunehmen."
    override val errorReadOnly: String = "Das vergibt das Büro und lässt sich hier nicht ändern."
    override val errorRefused: String = "Das Büro hat das abgelehnt. Ihre Eingabe bleibt hier."
    override val errorSecret: String =
        "Der Schlüssel dieses Geräts ist gerade nicht lesbar. Bitte entsperren Sie das Gerät und versuchen Sie es noch einmal."
    override val errorTypedKept: String = "Was Sie getippt haben, ist gesichert."
    override val errorUnreachable: String = "Der Server antwortet nicht. Prüfen Sie das Netz und versuchen Sie es noch einmal."
    override val errorWrongKey: String =
        "Der Schlüssel passt nicht zu den Daten auf diesem Gerät. Es wurde nichts gelöscht. Bitte fragen Sie im Büro nach."

    override fun formAddEntry(what: String): String = "$what hinzufügen"

    override val formAllDay: String = "ganztägig"
    override val formArrivedMeanwhile: String =
        "Inzwischen kamen Änderungen aus dem Büro. Ihre Eingaben bleiben; beides wird zusammengeführt."
    override val formCity: String = "Ort"
    override val formCommas: String = "Mit Kommas trennen"
    override val formCountry: String = "Land"

    override fun formCreate(what: String): String = "Neu: $what"

    override val formDiscard: String = "Entwurf verwerfen"
    override val formDiscarded: String = "Entwurf verworfen."

    override fun formDraftFrom(time: String): String = "Entwurf von $time weitergeführt"

    override val formDraftKept: String = "Entwurf gesichert"

    override fun formEdit(what: String): String = "$what bearbeiten"

    override val formEnd: String = "Ende"
    override val formFewerFields: String = "Weniger Felder"
    override val formMissingHint: String = "Kann leer bleiben."
    override val formMoreFields: String = "Alle Felder"
    override val formNoChoice: String = "keine Auswahl"
    override val formOfficeOnly: String = "Dieses Feld wird im Büro bearbeitet."

    override fun formPickLink(what: String): String = "$what auswählen"

    override val formPostalCode: String = "PLZ"
    override val formReadOnly: String = "vergibt das Büro"
    override val formRegion: String = "Region"

    override fun formRemoveEntry(what: String): String = "$what entfernen"

    override val formSearchLink: String = "Tippen, um zu suchen"
    override val formStart: String = "Beginn"
    override val formStreet: String = "Straße"
    override val formStreet2: String = "Zusatz"
    override val importCancelled: String = "Import abgebrochen. Was bis dahin importiert war, bleibt und lässt sich zurücknehmen."

    override fun importCreated(n: Long): String = "${grouped(n)} neu"

    override val importDone: String = "Import fertig."

    override fun importDuplicates(n: Long): String = if (n == 1L) "${grouped(n)} mögliche Dublette" else "${grouped(n)} mögliche Dubletten"

    override val importNothing: String = "In dieser Datei ist nichts, was Farley lesen kann."
    override val importPreview: String = "Noch wurde nichts geschrieben."

    override fun importProblems(n: Long): String = if (n == 1L) "${grouped(n)} Zeile passt nicht" else "${grouped(n)} Zeilen passen nicht"

    override val importReading: String = "Datei wird gelesen …"

    override fun importRow(n: Long): String = "Zeile ${grouped(n)}"

    override val importRun: String = "Übernehmen"
    override val importTitle: String = "Importieren"

    override fun importUnchanged(n: Long): String = "${grouped(n)} unverändert"

    override val importUndo: String = "Ganzen Import rückgängig"
    override val importUndone: String = "Der Import wurde zurückgenommen."

    override fun importUpdated(n: Long): String = "${grouped(n)} aktualisiert"

    override val linkErrorDamaged: String =
        "Der Link ist beschädigt. Bitte kopieren Sie ihn noch einmal oder fragen Sie im Büro nach einem neuen."
    override val linkErrorNewerVersion: String = "Dieser Link braucht eine neuere App. Bitte aktualisieren Sie Farley."
    override val linkErrorNoAddress: String = "Im Link fehlt die Adresse des Servers. Bitte fragen Sie im Büro nach einem neuen."
    override val linkErrorNotALink: String = "Das ist kein Link aus Farley. Er beginnt mit farley:// oder mit der Adresse Ihres Büros."
    override val linkErrorTrailing: String = "Hinter dem Link steht noch etwas. Bitte kopieren Sie nur den Link."
    override val linkErrorTruncated: String = "Der Link ist abgeschnitten. Bitte kopieren Sie ihn ganz oder scannen Sie den Code."
    override val linkErrorWrongCharacter: String = "Im Link steht ein falsches Zeichen. Bitte kopieren Sie ihn noch einmal."

    override fun listCount(n: Long): String = if (n == 1L) "${grouped(n)} Eintrag" else "${grouped(n)} Einträge"

    override fun listCreate(what: String): String = "Neu: $what"

    override val listEmptyCompany: String = "Hier stehen die Firmen, mit denen Sie arbeiten."
    override val listEmptyContact: String = "Hier stehen die Menschen, mit denen Sie arbeiten."
    override val listEmptyHint: String = "Legen Sie den ersten Eintrag an. Das geht auch ohne Netz."
    override val listEmptyNote: String = "Hier stehen Ihre Notizen."
    override val listEmptyOther: String = "Hier ist noch nichts."
    override val listEmptyTask: String = "Hier steht, was zu tun ist und bis wann."
    override val listEmptyTrash: String = "Der Papierkorb ist leer."
    override val listEmptyVisit: String = "Hier stehen Besuche, geplante und erledigte."
    override val listEnd: String = "Ende der Liste"
    override val listFresh: String = "neu seit Ihrem letzten Blick"

    override fun listFreshCount(n: Long): String =
        if (n == 1L) "${grouped(n)} Änderung seit Ihrem letzten Blick" else "${grouped(n)} Änderungen seit Ihrem letzten Blick"

    override val listMarkSeen: String = "Alles gesehen"
    override val listNothingFound: String = "Nichts gefunden. Versuchen Sie es mit einem anderen Wort."

    override fun listSearchIn(what: String): String = "$what durchsuchen"

    override val listSortChanged: String = "Zuletzt geändert"
    override val listSortLabel: String = "Reihenfolge"
    override val listSortName: String = "Nach Name"
    override val listTrash: String = "Papierkorb"
    override val lockCovered: String = "Farley"
    override val lockFailed: String = "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal."
    override val lockReason: String = "Damit nur Sie Ihre Kundendaten sehen."
    override val lockTitle: String = "Farley ist gesperrt"
    override val lockUnlock: String = "Entsperren"
    override val navCompanies: String = "Firmen"
    override val navConflicts: String = "Fassungen klären"
    override val navContacts: String = "Kontakte"
    override val navLabel: String = "Bereiche"
    override val navMore: String = "Mehr"
    override val navNotes: String = "Notizen"
    override val navPickOne: String = "Wählen Sie links einen Eintrag."
    override val navSearch: String = "Suchen"
    override val navSettings: String = "Einstellungen"
    override val navSync: String = "Übertragung"
    override val navTasks: String = "Aufgaben"
    override val navToday: String = "Heute"
    override val navVisits: String = "Besuche"

    override fun noteAbout(what: String): String = "Zu $what"

    override fun noteAlsoWrote(who: String): String = "$who hat hier auch geschrieben; beide Texte sind behalten."

    override val noteAlsoWroteSomeone: String = "Jemand hat hier auch geschrieben; beide Texte sind behalten."
    override val noteCommentPlaceholder: String = "Kommentar schreiben …"
    override val noteCommentSave: String = "Kommentar senden"
    override val noteComments: String = "Kommentare"
    override val noteEmpty: String = "Schreiben Sie erst ein paar Worte."
    override val noteHeading: String = "Überschrift"
    override val noteNew: String = "Neue Notiz"
    override val noteNoComments: String = "Noch keine Kommentare."
    override val notePlaceholder: String = "Notiz schreiben …"
    override val noteSave: String = "Notiz speichern"
    override val noteSaved: String = "Notiz gespeichert."
    override val noteTitle: String = "Notiz"
    override val noticeChannelDue: String = "Fälliges"
    override val noticeChannelDueAbout: String = "Aufgaben und Wiedervorlagen, die fällig werden"
    override val noticeChannelSync: String = "Übertragung"
    override val noticeChannelSyncAbout: String = "Läuft, während viele Daten kommen"
    override val noticeDoneAction: String = "Erledigt"
    override val noticeDueHidden: String = "Eine Aufgabe wird fällig."
    override val noticeDueText: String = "Heute fällig"

    override fun noticeDueTitle(what: String): String = "Fällig: $what"

    override val noticeSyncTitle: String = "Farley überträgt"
    override val noticeTomorrowAction: String = "Morgen"

    override fun noticeVisitText(time: String): String = "um $time"

    override fun noticeVisitTitle(what: String): String = "Besuch: $what"

    override val permissionBiometrics: String = "Damit nur Sie Farley auf diesem Gerät öffnen."
    override val permissionCalendar: String = "Damit ein Termin in Ihren eigenen Kalender kommt."
    override val permissionCamera: String = "Mit der Kamera scannen Sie den Code aus dem Büro und nehmen Fotos auf."
    override val permissionCameraDenied: String = "Ohne Kamera geht es auch: Fügen Sie den Link ein, den das Büro Ihnen schickt."
    override val permissionLocalNetwork: String = "Damit Farley den Server in Ihrem Betrieb direkt erreicht."
    override val permissionLocation: String = "Nur wenn Sie es antippen, hält Farley fest, wo ein Besuch begann."
    override val permissionMicrophone: String = "Mit dem Mikrofon sprechen Sie Notizen auf."
    override val permissionNotifications: String = "Damit Farley Sie an Fälliges erinnern kann, auch ohne Netz."
    override val permissionOpenSettings: String = "In den Einstellungen erlauben"
    override val permissionPhotos: String = "Sie wählen selbst aus, welche Fotos Farley bekommt."

    override fun recordArrived(time: String): String = "im Büro $time"

    override val recordCalendar: String = "In meinen Kalender"
    override val recordCall: String = "Anrufen"

    override fun recordCallNumber(number: String): String = "$number anrufen"

    override fun recordCallWho(who: String): String = "$who anrufen"

    override fun recordChanged(time: String): String = "geändert $time"

    override fun recordChangedBy(
        time: String,
        who: String,
    ): String = "geändert $time · $who"

    override fun recordCreatedBy(
        time: String,
        who: String,
    ): String = "angelegt $time · $who"

    override val recordEarlier: String = "Frühere Werte"
    override val recordEmptied: String = "geleert"
    override val recordFacts: String = "Fakten"
    override val recordHideEmpty: String = "Leere Felder verbergen"
    override val recordInTrash: String = "Dieser Eintrag liegt im Papierkorb."
    override val recordLookAtVersions: String = "Fassungen ansehen"
    override val recordMail: String = "E-Mail schreiben"

    override fun recordMailTo(address: String): String = "E-Mail an $address"

    override val recordMap: String = "Karte öffnen"

    override fun recordMapOf(place: String): String = "$place auf der Karte zeigen"

    override val recordMessage: String = "SMS schreiben"

    override fun recordMessageTo(number: String): String = "SMS an $number"

    override val recordNewNote: String = "Notiz"
    override val recordNewTask: String = "Aufgabe"
    override val recordNewVisit: String = "Besuch"
    override val recordNoEarlier: String = "Kein früherer Wert."
    override val recordNoTimeline: String = "Noch kein Verlauf. Schreiben Sie die erste Notiz."
    override val recordNotFound: String = "Dieser Eintrag ist nicht (mehr) auf diesem Gerät."
    override val recordNotFoundHint: String = "Vielleicht hat das Büro ihn gelöscht, oder er ist noch unterwegs."
    override val recordProblemIllTyped: String = "passt nicht zum Feld"
    override val recordProblemMissing: String = "fehlt noch"
    override val recordProblemTooLong: String = "zu lang"
    override val recordRestore: String = "Wiederherstellen"

    override fun recordRestored(what: String): String = "Wiederhergestellt: $what"

    override val recordShareCard: String = "Als Visitenkarte teilen"
    override val recordShowEmpty: String = "Leere Felder zeigen"
    override val recordSomeone: String = "unbekanntes Gerät"
    override val recordTimeline: String = "Verlauf"
    override val recordToTrash: String = "In den Papierkorb"

    override fun recordTrashed(what: String): String = "In den Papierkorb gelegt: $what"

    override val recordTwoVersions: String = "2 Fassungen"

    override fun recordTyped(time: String): String = "getippt $time"

    override fun recordWas(value: String): String = "vorher: $value"

    override fun recordWebOf(address: String): String = "$address öffnen"

    override fun recordWhoChanged(field: String): String = "Wer $field geändert hat"

    override val refusedExists: String = "Dieses Gerät ist schon verbunden."
    override val refusedExpired: String = "Diese Einladung ist abgelaufen. Bitte fragen Sie im Büro nach einer neuen."
    override val refusedOther: String = "Das Büro hat das abgelehnt. Nichts ist verloren. Bitte fragen Sie dort nach."
    override val refusedTooManyDevices: String = "Es sind schon so viele Geräte verbunden wie erlaubt. Das Büro kann eines sperren."
    override val refusedTooManyTries: String = "Diese Einladung wurde zu oft versucht. Bitte fragen Sie im Büro nach einer neuen."
    override val refusedTryLater: String = "Zu viele Versuche von hier. Bitte versuchen Sie es in einer Stunde wieder."
    override val refusedUnknown: String =
        "Das Büro kennt diese Einladung nicht. Bitte prüfen Sie den Link oder fragen Sie nach einem neuen."
    override val refusedUpdate: String = "Das Büro arbeitet mit einer anderen Version. Bitte aktualisieren Sie Farley."
    override val refusedUsed: String = "Diese Einladung wurde schon benutzt. Bitte fragen Sie im Büro nach einer neuen."
    override val refusedWithdrawn: String = "Diese Einladung wurde zurückgezogen. Bitte fragen Sie im Büro nach einer neuen."

    override fun sayClearOf(field: String): String = "$field leeren"

    override val sayCollapse: String = "einklappen"

    override fun sayConflictBadge(n: Long): String = if (n == 1L) "${grouped(n)} Feld zu klären" else "${grouped(n)} Felder zu klären"

    override fun sayDateOf(field: String): String = "Datum für $field"

    override val sayExpand: String = "ausklappen"
    override val sayFreshBadge: String = "neu"
    override val sayRequiredNone: String = "freiwillig"

    override fun sayRowActions(what: String): String = "Aktionen für $what"

    override val saySelected: String = "ausgewählt"

    override fun sayStep(
        n: Long,
        m: Long,
    ): String = "Schritt ${grouped(n)} von ${grouped(m)}"

    override val searchAllKinds: String = "Alles"
    override val searchHint: String = "Suchen Sie in allem, was auf diesem Gerät liegt. Auch ohne Netz."
    override val searchNothing: String = "Nichts gefunden."
    override val searchNothingHint: String = "Versuchen Sie es mit weniger Buchstaben oder einem Teil des Worts."
    override val searchPrompt: String = "Name, Ort, Telefon, Text"

    override fun searchResults(n: Long): String = if (n == 1L) "${grouped(n)} Treffer" else "${grouped(n)} Treffer"

    override val searchTitle: String = "Suchen"
    override val searchTooSlow: String = "Diese Suche dauert zu lange. Bitte grenzen Sie sie ein."
    override val settingsDevice: String = "Dieses Gerät"
    override val settingsDeviceId: String = "Kennung"
    override val settingsDiagnostics: String = "Bericht für den Support"
    override val settingsDiagnosticsHint: String = "Enthält keine Namen, Texte oder Nummern. Sie sehen ihn, bevor Sie ihn teilen."
    override val settingsDiagnosticsMake: String = "Bericht erstellen"
    override val settingsDiagnosticsShare: String = "Bericht teilen"
    override val settingsEnglish: String = "English"
    override val settingsGerman: String = "Deutsch"
    override val settingsLanguage: String = "Sprache"
    override val settingsLanguageSystem: String = "wie das Gerät"
    override val settingsLanguageWhere: String = "Die Sprache stellen Sie in den Einstellungen des Geräts ein."
    override val settingsLock: String = "App sperren"
    override val settingsLockHint: String = "Fragt beim Öffnen nach Gesicht, Finger oder Code."
    override val settingsLockUnavailable: String = "Dieses Gerät hat keine Sperre. Richten Sie zuerst einen Code ein."
    override val settingsOpenSystem: String = "Einstellungen des Geräts öffnen"
    override val settingsPhotoPlace: String = "Ort in Fotos behalten"
    override val settingsPhotoPlaceHint: String = "Ausgeschaltet entfernt Farley den Aufnahmeort aus jedem Foto."
    override val settingsReminders: String = "An Fälliges erinnern"
    override val settingsRemindersHint: String = "Erinnerungen kommen auch ohne Netz."
    override val settingsServer: String = "Server"
    override val settingsTitle: String = "Einstellungen"

    override fun settingsVersion(version: String): String = "Version $version"

    override val settingsWorkspace: String = "Betrieb"
    override val syncAirplane: String = "Übertragung angehalten"
    override val syncAirplaneHint: String = "Sie arbeiten weiter wie gewohnt. Gesendet wird, wenn Sie es wieder erlauben."
    override val syncAirplaneSwitch: String = "Übertragung anhalten"
    override val syncAllSent: String = "Alles ist im Büro."
    override val syncBusy: String = "wird übertragen …"

    override fun syncClockOff(n: Long): String =
        if (n == 1L) {
            "Die Uhr dieses Geräts geht ${grouped(n)} Minute falsch. Bitte stellen Sie sie."
        } else {
            "Die Uhr dieses Geräts geht ${grouped(n)} Minuten falsch. Bitte stellen Sie sie."
        }

    override val syncConnected: String = "verbunden"

    override fun syncFilling(n: Long): String = if (n == 1L) "${grouped(n)} Eintrag kommt noch" else "${grouped(n)} Einträge kommen noch"

    override fun syncFillingSize(size: String): String = "noch $size"

    override val syncIconOk: String = "Übertragung: alles im Büro"
    override val syncIconTrouble: String = "Übertragung: bitte ansehen"

    override fun syncIconWaiting(n: Long): String =
        if (n == 1L) "Übertragung: ${grouped(n)} Eingabe wartet" else "Übertragung: ${grouped(n)} Eingaben warten"

    override fun syncLastContact(time: String): String = "zuletzt verbunden $time"

    override val syncNever: String = "noch nie verbunden"

    override fun syncNextTry(time: String): String = "nächster Versuch $time"

    override val syncNow: String = "Jetzt übertragen"
    override val syncOffline: String = "ohne Netz"

    override fun syncOfflineSince(time: String): String = "ohne Netz seit $time"

    override fun syncOldest(time: String): String = "die älteste von $time"

    override val syncQuic: String = "direkt (QUIC)"
    override val syncSafeHere: String = "Ihre Eingaben sind auf diesem Gerät gespeichert und werden gesendet, sobald ein Netz da ist."

    override fun syncSent(
        n: Long,
        m: Long,
    ): String = "${grouped(n)} gesendet, ${grouped(m)} empfangen"

    override val syncServer: String = "Server"
    override val syncTitle: String = "Übertragung"
    override val syncUpToDate: String = "Alles ist auf dem neuesten Stand."

    override fun syncWaiting(n: Long): String =
        if (n == 1L) "${grouped(n)} Eingabe ist noch nicht übertragen" else "${grouped(n)} Eingaben sind noch nicht übertragen"

    override fun syncWaitingShort(n: Long): String =
        if (n == 1L) "${grouped(n)} noch nicht übertragen" else "${grouped(n)} noch nicht übertragen"

    override val syncWay: String = "Weg"
    override val syncWebsocket: String = "über Web (WebSocket)"
    override val taskDone: String = "Erledigt"

    override fun taskDue(time: String): String = "fällig $time"

    override val taskEmpty: String = "Keine offenen Aufgaben."
    override val taskEmptyDone: String = "Noch nichts erledigt."
    override val taskMarkDone: String = "Erledigt"

    override fun taskMarkDoneWhat(what: String): String = "$what abhaken"

    override val taskNew: String = "Neue Aufgabe"
    override val taskNoDue: String = "ohne Termin"
    override val taskOpen: String = "Offen"
    override val taskOverdue: String = "überfällig"
    override val taskPickDay: String = "Tag wählen"
    override val taskReopen: String = "Wieder öffnen"
    override val taskSubject: String = "Betreff"
    override val taskSubjectPlaceholder: String = "Was ist zu tun?"
    override val taskTitle: String = "Aufgaben"
    override val taskWhen: String = "Bis wann"

    override fun timeDays(n: Long): String = if (n == 1L) "${grouped(n)} Tag" else "${grouped(n)} Tage"

    override fun timeDaysOverdue(n: Long): String =
        if (n == 1L) "seit ${grouped(n)} Tag überfällig" else "seit ${grouped(n)} Tagen überfällig"

    override fun timeHours(n: Long): String = if (n == 1L) "${grouped(n)} Stunde" else "${grouped(n)} Stunden"

    override fun timeHoursAgo(n: Long): String = if (n == 1L) "vor ${grouped(n)} Std." else "vor ${grouped(n)} Std."

    override fun timeMinutes(n: Long): String = if (n == 1L) "${grouped(n)} Minute" else "${grouped(n)} Minuten"

    override fun timeMinutesAgo(n: Long): String = if (n == 1L) "vor ${grouped(n)} Min." else "vor ${grouped(n)} Min."

    override val timeNow: String = "gerade eben"
    override val timeToday: String = "heute"
    override val timeTomorrow: String = "morgen"
    override val timeYesterday: String = "gestern"
    override val todayContinueVisit: String = "Besuch fortsetzen"
    override val todayDraftOpen: String = "Entwurf weiterschreiben"
    override val todayDrafts: String = "Angefangen"
    override val todayDue: String = "Heute fällig"
    override val todayMarkDone: String = "Erledigt"

    override fun todayMoved(
        what: String,
        time: String,
    ): String = "$what: $time"

    override val todayNewTask: String = "Aufgabe anlegen"
    override val todayNothing: String = "Für heute ist nichts geplant."
    override val todayNothingHint: String = "Planen Sie einen Besuch oder legen Sie eine Aufgabe an."
    override val todayOverdue: String = "Überfällig"
    override val todayPlanVisit: String = "Besuch planen"
    override val todayStartVisit: String = "Besuch beginnen"

    override fun todayTicked(what: String): String = "Erledigt: $what"

    override val todayTitle: String = "Heute"
    override val todayTomorrow: String = "Morgen"
    override val todayVisits: String = "Besuche"
    override val todayWeek: String = "Nächste Woche"
    override val transferAtOffice: String = "im Büro"

    override fun transferAtOfficeSince(time: String): String = "im Büro seit $time"

    override fun transferVersions(n: Long): String =
        if (n == 1L) "${grouped(n)} Feld mit 2 Fassungen" else "${grouped(n)} Felder mit 2 Fassungen"

    override val transferWaiting: String = "noch nicht übertragen"
    override val troubleBusy: String = "Der Server ist gerade beschäftigt. Farley versucht es gleich wieder."
    override val troubleCloned: String = "Dieses Gerät gibt es zweimal. Bitte sagen Sie dem Büro Bescheid; Ihre Eingaben bleiben hier."
    override val troubleCopied: String = "Diese Daten wurden auf ein anderes Gerät kopiert. Bitte verbinden Sie es mit einem neuen Code."
    override val troubleDrain: String = "Dieses Gerät bekommt keine Daten mehr. Was Sie getippt haben, wird noch gesendet."
    override val troubleInternal: String = "Die Übertragung ist gestört. Ihre Eingaben sind auf diesem Gerät gespeichert."
    override val troubleNewerServer: String =
        "Das Büro arbeitet mit einer neueren Version. Bitte aktualisieren Sie Farley. Ihre Eingaben bleiben hier."
    override val troubleNotEnrolled: String =
        "Das Büro kennt dieses Gerät nicht. Ihre Eingaben bleiben hier. Bitte fragen Sie nach einem neuen Code."
    override val troubleRevoked: String = "Das Büro hat dieses Gerät gesperrt. Ihre Eingaben bleiben hier. Bitte fragen Sie dort nach."
    override val troubleStorage: String = "Der Speicher dieses Geräts ist voll. Bitte machen Sie Platz; bis dahin kommt nichts Neues an."
    override val troubleUdpBlocked: String = "Dieses Netz sperrt den schnellen Weg. Farley nimmt den langsameren; Sie müssen nichts tun."
    override val troubleUnreachable: String = "Der Server antwortet nicht. Farley versucht es weiter."
    override val troubleWipe: String = "Das Büro hat dieses Gerät gelöscht."
    override val troubleWrongServer: String =
        "Unter dieser Adresse antwortet ein fremder Server. Es wurde nichts gesendet. Bitte sagen Sie dem Büro Bescheid."
    override val valueChoice: String = "Das steht nicht in der Liste."
    override val valueDate: String = "Das ist kein Datum. Beispiele: 31.12.2026 oder 31.12."
    override val valueDuration: String = "Das ist keine Dauer. Beispiele: 90, 1:30 oder 1,5 h."
    override val valueEmail: String = "Das ist keine E-Mail-Adresse. Beispiel: anna@example.org."
    override val valueGeo: String = "Das ist keine Position. Beispiel: 53.55034,9.99215."
    override val valueInteger: String = "Das ist keine ganze Zahl. Beispiel: 12."
    override val valueKept: String = "Ihre Eingabe steht weiter im Feld."
    override val valueMoney: String = "Das ist kein Betrag. Beispiele: 1.234,50 € oder CHF 1'234.50."
    override val valueNumber: String = "Das ist keine Zahl. Beispiel: 12,5."
    override val valueOther: String = "Der Wert passt nicht zu diesem Feld."
    override val valuePeriod: String = "Bitte geben Sie Beginn und Ende ein; das Ende liegt nach dem Beginn."
    override val valueRule: String = "Das ist keine Wiederholung, die Farley kennt."
    override val valueTooLong: String = "Das ist zu lang. Bitte kürzen Sie den Text."
    override val valueUrl: String = "Das ist keine Web-Adresse. Beispiel: www.example.org."
    override val visitCancelVisit: String = "Besuch absagen"
    override val visitCancelled: String = "abgesagt"
    override val visitCheckInPlace: String = "Ort mit aufnehmen"
    override val visitEnd: String = "Besuch beenden"
    override val visitEndDone: String = "Besuch gespeichert."

    override fun visitEnded(time: String): String = "beendet $time"

    override fun visitLasted(n: Long): String = if (n == 1L) "Dauer ${grouped(n)} Minute" else "Dauer ${grouped(n)} Minuten"

    override val visitNew: String = "Neuer Besuch"
    override val visitNextMonth: String = "In einem Monat"
    override val visitNextStep: String = "Nächster Schritt"
    override val visitNextStepPlaceholder: String = "zum Beispiel: Angebot schicken"
    override val visitNextStepWhen: String = "Bis wann"
    override val visitNextWeek: String = "In einer Woche"
    override val visitNoNextStep: String = "Kein nächster Schritt"
    override val visitNotPlanned: String = "ohne Termin"
    override val visitOutcome: String = "Ergebnis"
    override val visitOutcomeHint: String = "Tippen Sie auf das, was zutrifft."
    override val visitPhoto: String = "Foto"
    override val visitPhotoAdd: String = "Foto aufnehmen"
    override val visitPhotoAnnotate: String = "Auf dem Foto zeichnen"
    override val visitPhotoNotOne: String = "Diese Datei ist kein Foto."
    override val visitPhotoPick: String = "Foto auswählen"

    override fun visitPlanned(time: String): String = "geplant $time"

    override val visitReopen: String = "Weiterschreiben"
    override val visitReport: String = "Bericht"
    override val visitReportPlaceholder: String = "Was wurde getan? Was ist aufgefallen?"

    override fun visitRunning(time: String): String = "läuft seit $time"

    override val visitSavedWhileTyping: String = "Wird beim Tippen gesichert"
    override val visitSignature: String = "Unterschrift"
    override val visitSignatureAdd: String = "Unterschreiben lassen"
    override val visitSignatureArea: String = "Feld für die Unterschrift. Mit dem Finger unterschreiben."
    override val visitSignatureClear: String = "Neu unterschreiben"
    override val visitStart: String = "Besuch beginnen"

    override fun visitStarted(time: String): String = "begonnen $time"

    override val visitSteps: String = "Schritte des Besuchs"
    override val visitTitle: String = "Besuch"

    private fun grouped(n: Long): String = NumberFormat.getIntegerInstance(Locale.GERMANY).format(n)
}
